/// <reference lib="webworker" />
// The service worker: the page opens without a network once it was opened with one.

/** Written by the build: the page's own files, and a hash that changes with any of them. */
declare const __FILES__: readonly string[];
declare const __VERSION__: string;

const worker = self as unknown as ServiceWorkerGlobalScope;
const PAGE = `page-${__VERSION__}`;
/** Networks, pictures and runtimes: kept from version to version. */
const LARGE = "large";
/** What says which networks there are may change; what is named by its hash may not. */
const CHANGING = /\/(models|manifest)\.json$/;

worker.addEventListener("install", (event) => {
  event.waitUntil(precache().then(() => worker.skipWaiting()));
});

worker.addEventListener("activate", (event) => {
  event.waitUntil(removeEarlier().then(() => worker.clients.claim()));
});

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== worker.location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(request));
  else if (CHANGING.test(url.pathname)) event.respondWith(newest(request));
  else event.respondWith(kept(request));
});

async function precache(): Promise<void> {
  const cache = await caches.open(PAGE);
  await cache.addAll(__FILES__.map((file) => new Request(file, { cache: "no-cache" })));
}

async function removeEarlier(): Promise<void> {
  const names = await caches.keys();
  const earlier = names.filter((name) => name !== PAGE && name !== LARGE);
  await Promise.all(earlier.map((name) => caches.delete(name)));
}

async function page(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch (error) {
    return cached("./", error);
  }
}

/** From the network; without one, as it was the last time. */
async function newest(request: Request): Promise<Response> {
  try {
    return await keep(request, await fetch(request));
  } catch (error) {
    return cached(request, error);
  }
}

async function cached(key: RequestInfo, error: unknown): Promise<Response> {
  const earlier = await caches.match(key);
  if (earlier === undefined) throw error;
  return earlier;
}

async function kept(request: Request): Promise<Response> {
  return (await caches.match(request)) ?? keep(request, await fetch(request));
}

async function keep(request: Request, response: Response): Promise<Response> {
  if (response.status === 200) {
    const cache = await caches.open(LARGE);
    await cache.put(request, response.clone());
  }
  return response;
}
