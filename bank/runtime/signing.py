"""Signing PDF documents with the bank's key: PAdES B-B (ETSI EN 319 142-1), by pyHanko.

The key and its certificates come from ``DOCUMENT_SIGNING_KEY`` and ``DOCUMENT_SIGNING_CERTIFICATES``
(PEM). A demonstration bank makes a key and a certificate of its own, which no reader of PDFs trusts
beforehand, and keeps both under ``var/secrets``.
"""

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import cache
from typing import Any, BinaryIO

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID
from django.conf import settings

from bank.kernel import clock
from bank.runtime import secrets

FIELD = "BankSignature"
_VALID = timedelta(days=3650)


def sign(file: BinaryIO, *, reason: str) -> None:
    """Adds an invisible signature to the PDF in ``file``, open for reading and writing, in place.

    The signature covers every byte before it and certifies that nothing may be changed after it.
    ``reason`` is shown by readers. The time in it is the bank's own word.
    """
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import fields, signers

    file.seek(0)
    metadata = signers.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
        reason=reason,
        name=settings.BANK_NAME,
    )
    signer = signers.PdfSigner(metadata, _signer(*_material()))
    writer = IncrementalPdfFileWriter(file, strict=False)
    with ThreadPoolExecutor(1) as aside:  # it starts an event loop, of which a thread may have but one
        aside.submit(signer.sign_pdf, writer, in_place=True).result()


def signed(document: bytes, *, reason: str) -> bytes:
    """As ``sign``, for a document in memory."""
    file = io.BytesIO(document)
    sign(file, reason=reason)
    return file.getvalue()


def certificates_pem() -> str:
    """The certificate of the signing key and those above it, as PEM, for whoever checks signatures."""
    return _material()[1]


def _material() -> tuple[str, str]:
    given = settings.DOCUMENT_SIGNING_KEY, settings.DOCUMENT_SIGNING_CERTIFICATES
    return given if all(given) else _own()


@cache
def _own() -> tuple[str, str]:
    key = secrets.kept_signing_key("document_key.pem")
    return key, secrets.kept_text("document_certificate.pem", lambda: _self_signed(key))


@cache
def _signer(key: str, certificates: str) -> Any:
    """pyHanko reads keys from files or bytes; loaded once a process."""
    from asn1crypto import keys, pem
    from asn1crypto import x509 as asn1_x509
    from pyhanko.sign import signers
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    chain = [
        asn1_x509.Certificate.load(der)
        for _kind, _headers, der in pem.unarmor(certificates.encode(), multiple=True)
    ]
    _kind, _headers, der = pem.unarmor(_pkcs8(key))
    store = SimpleCertificateStore.from_certs(chain[1:])
    return signers.SimpleSigner(
        signing_cert=chain[0], signing_key=keys.PrivateKeyInfo.load(der), cert_registry=store
    )


def _pkcs8(key: str) -> bytes:
    loaded = serialization.load_pem_private_key(key.encode(), password=None)
    form, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return loaded.private_bytes(serialization.Encoding.PEM, form, plain)


def _self_signed(key_pem: str) -> str:
    key: Any = serialization.load_pem_private_key(key_pem.encode(), password=None)
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, settings.BANK_NAME),
            x509.NameAttribute(NameOID.COMMON_NAME, f"{settings.BANK_NAME} documents (demonstration)"),
        ]
    )
    usage = dict.fromkeys(_USAGES, False) | {"digital_signature": True, "content_commitment": True}
    certificate = (
        x509.CertificateBuilder(issuer_name=name, subject_name=name, public_key=key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(clock.now() - timedelta(days=1))
        .not_valid_after(clock.now() + _VALID)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(**usage), critical=True)
        .sign(key, hashes.SHA256())
    )
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


_USAGES = (
    "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
    "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
)  # fmt: skip
