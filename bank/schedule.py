"""What beat has done, and when: seconds between, or a time of day."""

from typing import Any, Final

from celery.schedules import crontab

BEAT: Final[dict[str, dict[str, Any]]] = {
    "deliver the outbox": {"task": "runtime.deliver_outbox", "schedule": 5.0},
    "relay events": {"task": "notifications.relay_events", "schedule": 2.0},
    "call webhooks": {"task": "notifications.call_webhooks", "schedule": 5.0},
    "send notices": {"task": "notifications.send_notices", "schedule": 10.0},
    "give a sign of life": {"task": "runtime.heartbeat", "schedule": 15.0},
    "look at every service": {"task": "web.sample_health", "schedule": 60.0},
    "tend the networks": {"task": "payments.tend_networks", "schedule": 10.0},
    "ask networks after what they are silent on": {"task": "payments.ask_networks", "schedule": 60.0},
    "reconcile the networks": {"task": "payments.reconcile_networks", "schedule": crontab(hour=3, minute=5)},
    "seal the ledger": {"task": "ledger.seal", "schedule": 2.0},
    "end holds whose time is over": {"task": "ledger.expire_holds", "schedule": 60.0},
    "prove the book": {"task": "ledger.prove", "schedule": crontab(hour=1, minute=30)},
    "go on with a close of business that was cut off": {"task": "eod.go_on", "schedule": 300.0},
    "seal the audit trail": {"task": "audit.seal", "schedule": 5.0},
    "gather the trails of companies": {"task": "trail.gather", "schedule": 5.0},
    "sweep up files without a document": {"task": "documents.sweep_orphans", "schedule": 3600.0},
    "screen against new lists": {"task": "risk.screen_overdue", "schedule": 3600.0},
    "go on with payment files": {"task": "payments.resume_files", "schedule": 60.0},
    "hand out statements again": {"task": "statements.make_overdue", "schedule": 60.0},
    "destroy old data exports": {"task": "privacy.drop_expired", "schedule": 3600.0},
    "erase what is kept no longer": {"task": "privacy.erase_due", "schedule": crontab(hour=3, minute=35)},
    "end commands nobody decided": {"task": "workflows.expire", "schedule": 300.0},
    "remind of commands nobody decided": {"task": "workflows.escalate", "schedule": 300.0},
    "give up acts nobody signed": {"task": "signing.expire", "schedule": 300.0},
    "remind of acts that wait for signatures": {"task": "signing.escalate", "schedule": 300.0},
    "give up what joint holders did not agree to": {"task": "accounts.expire_joint", "schedule": 300.0},
    "watch the cases' clocks": {"task": "cases.watch", "schedule": 300.0},
    "look for duplicate customers": {"task": "cif.find_duplicates", "schedule": crontab(hour=2, minute=45)},
    "rate customers again": {"task": "cif.rate_again", "schedule": crontab(hour=2, minute=15)},
    "close applications nobody goes on with": {"task": "onboarding.expire_stale", "schedule": 6 * 3600.0},
    "forget registrations nobody finished": {
        "task": "onboarding.purge_registrations",
        "schedule": 6 * 3600.0,
    },
    "clear away old sessions": {"task": "identity.purge", "schedule": 24 * 3600.0},
    "clear the request log": {"task": "access.prune", "schedule": 24 * 3600.0},
}
