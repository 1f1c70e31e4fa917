// Why a runtime has one thread in a browser, in words.

export const NO_RELAXED_SIMD =
  "this browser has no relaxed SIMD, without which LiteRT.js has no threads";

/** Threads need memory that workers share, which the headers of the page's host decide too. */
export function whyNoSharedMemory(): string {
  return crossOriginIsolated
    ? "this browser gives pages no shared memory"
    : "the page's host does not send the headers that threads need";
}
