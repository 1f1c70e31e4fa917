// What a browser says about the device it runs on, which is little.

import type { DeviceInfo, DeviceState } from "../core/measurement";
import { hexDigest } from "../runtime/artifact";

/** Of browsers' many claims to be each other, the one that is true; the first that matches. */
const NAMES = [
  ["Edge", /Edg\/([\d.]+)/],
  ["Firefox", /(?:Firefox|FxiOS)\/([\d.]+)/],
  ["Chrome", /(?:Chrome|CriOS)\/([\d.]+)/],
  ["Safari", /Version\/([\d.]+).* Safari/],
] as const;

const IDENTITY = "irrvit-identity";

export function browserName(userAgent: string): string {
  for (const [name, version] of NAMES) {
    const found = version.exec(userAgent);
    if (found !== null) return `${name} ${found[1]}`;
  }
  return "a browser";
}

export async function deviceInfo(): Promise<DeviceInfo> {
  const { userAgent, hardwareConcurrency: cores } = navigator;
  const { deviceMemory = 0 } = navigator as { deviceMemory?: number };
  const os = /\(([^)]*)\)/.exec(userAgent)?.[1] ?? "unknown";
  const name = `${browserName(userAgent)} on ${os}`;
  const identity = `${os} ${browserName(userAgent).split(" ")[0]} ${cores} ${deviceMemory}`;
  return {
    kind: "browser",
    name,
    soc: "unknown",
    os,
    ram_bytes: deviceMemory * 2 ** 30,
    abi: "wasm",
    cores,
    emulated: false,
    id_hash: (await hexDigest(new TextEncoder().encode(identity))).slice(0, 16),
  };
}

/** Tells this browser from others, and says nothing else of it: a number that it keeps. */
export function identity(): string {
  const made = crypto.randomUUID().replaceAll("-", "");
  try {
    const kept = localStorage.getItem(IDENTITY) ?? made;
    localStorage.setItem(IDENTITY, kept);
    return kept;
  } catch {
    return made; // It was told to let pages keep nothing.
  }
}

interface Battery {
  readonly level: number;
  readonly charging: boolean;
  readonly dischargingTime: number;
}

/** Of its battery, where the browser says: few do. */
export async function batteryState(): Promise<object> {
  const { getBattery } = navigator as { getBattery?: () => Promise<Battery> };
  const battery = await getBattery?.call(navigator).catch(() => undefined);
  // This is also what a browser says that is not told itself.
  const isDefault =
    battery?.charging && battery.level === 1 && battery.dischargingTime === Infinity;
  if (battery === undefined || isDefault) return {};
  return { battery_percent: 100 * battery.level, charging: battery.charging };
}

export function deviceState(): DeviceState {
  return {
    load: null,
    temperature_c: null,
    frequency_mhz: null,
    battery_percent: null,
    charging: null,
    thermal_status: null,
    at_utc: new Date().toISOString(),
  };
}
