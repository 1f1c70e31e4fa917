// How this page proves that it was shown the QR code, and how the computer proves that it is the
// one that drew it: as Python's `irrvit.benchmark.remote_browser.pairing`.

/** What nobody said before: a proof of it is worth nothing later. */
export function newNonce(): string {
  return hex(crypto.getRandomValues(new Uint8Array(16)));
}

/** Shows that whoever says this knows the secret. */
export async function proof(secret: string, said: string): Promise<string> {
  const bytes = new TextEncoder();
  const hash = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", bytes.encode(secret), hash, false, ["sign"]);
  return hex(new Uint8Array(await crypto.subtle.sign("HMAC", key, bytes.encode(said))));
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
