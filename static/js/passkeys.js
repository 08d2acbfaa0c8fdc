/* Passkeys: hands the browser what the bank asks, and puts the answer into the form it stands in. */
"use strict";

if (!window.umojaPasskeys) {
  window.umojaPasskeys = true;

  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const known = (list) => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));

  const made = async (options) => {
    const asked = {
      ...options,
      challenge: bytes(options.challenge),
      user: { ...options.user, id: bytes(options.user.id) },
      excludeCredentials: known(options.excludeCredentials),
    };
    const key = await navigator.credentials.create({ publicKey: asked });
    return {
      attestationObject: text(key.response.attestationObject),
      clientDataJSON: text(key.response.clientDataJSON),
      key,
    };
  };

  const signed = async (options) => {
    const asked = { ...options, challenge: bytes(options.challenge), allowCredentials: known(options.allowCredentials) };
    const key = await navigator.credentials.get({ publicKey: asked });
    return {
      authenticatorData: text(key.response.authenticatorData),
      clientDataJSON: text(key.response.clientDataJSON),
      signature: text(key.response.signature),
      key,
    };
  };

  const optionsOf = async (button, form) => {
    if (button.dataset.passkeyOptions) return JSON.parse(button.dataset.passkeyOptions);
    const answer = await fetch(button.dataset.passkeyAsk, { method: "POST", body: new FormData(form) });
    if (!answer.ok) throw new Error(answer.statusText);
    return answer.json();
  };

  const use = async (button) => {
    const form = button.closest("form");
    const failed = form.querySelector("[data-passkey-failed]");
    failed.hidden = true;
    if (button.dataset.passkey === "make" && !form.reportValidity()) return;
    try {
      const options = await optionsOf(button, form);
      const { key, ...response } = await (button.dataset.passkey === "make" ? made(options) : signed(options));
      form.elements[button.dataset.passkeyField].value = JSON.stringify({
        id: key.id,
        rawId: text(key.rawId),
        type: key.type,
        response,
      });
      form.requestSubmit();
    } catch {
      failed.hidden = false;
    }
  };

  const reveal = () => {
    if (!window.PublicKeyCredential) return;
    for (const part of document.querySelectorAll("[data-passkey-part]")) part.hidden = false;
    for (const part of document.querySelectorAll("[data-passkey-absent]")) part.hidden = true;
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-passkey]");
    if (button) use(button);
  });
  document.addEventListener("htmx:load", reveal);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", reveal);
  else reveal();
}
