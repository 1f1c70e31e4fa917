// What is known about a model file: `manifest.json` beside it. Nothing else may be read about it.

const PRECISIONS = ["fp32", "fp16", "int8", "w8", "w6", "w4"] as const;

export type Filter = "nearest" | "bilinear" | "bicubic" | "lanczos";

/** The picture a network expects; `resize` and `crop` as in Python's `InputSpec`. */
export interface InputSpec {
  readonly height: number;
  readonly width: number;
  readonly color: "RGB";
  readonly resize: number;
  readonly crop: "center";
  readonly interpolation: Filter;
}

/** A picture that comes with the app, and what PyTorch says about it: classes, best first. */
export interface GoldenCase {
  readonly picture: string;
  readonly picture_sha256: string;
  readonly top5: readonly number[];
  readonly logits: readonly number[];
  /** What decides in the logits; those written before say nothing about it. */
  readonly scale?: number | null;
}

export interface Manifest {
  readonly schema_version: 1;
  /** What the network is for; those written before say nothing and are classifiers. */
  readonly task?: "classification";
  readonly model: string;
  readonly target: string;
  readonly precision: (typeof PRECISIONS)[number];
  readonly file: string;
  readonly sha256: string;
  readonly size_bytes: number;
  readonly macs: number;
  readonly input: InputSpec;
  readonly labels: readonly string[];
  readonly parity: readonly { readonly tolerance: { readonly max_rel: number } }[];
  readonly golden: readonly GoldenCase[];
}

/** A manifest cannot be used; the message names the field. */
export class BadManifest extends Error {
  override readonly name = "BadManifest";
}

/** How far a logit may be off on a device, as a share of what decides in them. */
export function tolerance({ parity }: Manifest): number {
  return (parity[0] as Manifest["parity"][number]).tolerance.max_rel;
}

type Check = (value: unknown, field: string) => void;

const FIELDS: Record<keyof Manifest, Check> = {
  schema_version: oneOf(1),
  task: classifier,
  model: text,
  target: text,
  precision: oneOf(...PRECISIONS),
  file: fileName,
  sha256: hash,
  size_bytes: whole,
  macs: whole,
  input: record({
    height: whole,
    width: whole,
    color: oneOf("RGB"),
    resize: whole,
    crop: oneOf("center"),
    interpolation: oneOf("nearest", "bilinear", "bicubic", "lanczos"),
  }),
  labels: list(text),
  parity: some(record({ tolerance: record({ max_rel: number }) })),
  golden: list(
    record({
      picture: fileName,
      picture_sha256: hash,
      top5: list(number),
      logits: list(number),
      scale: optional(positive),
    }),
  ),
};

/** Read a manifest, or throw `BadManifest` with the first field that is missing or wrong. */
export function parseManifest(json: string): Manifest {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw new BadManifest(`manifest.json is not JSON (${error}); export the model again`);
  }
  record(FIELDS)(value, "");
  return value as Manifest;
}

function record(fields: Record<string, Check>): Check {
  return (value, field) => {
    expect(typeof value === "object" && value !== null, field, "an object", value);
    for (const [name, check] of Object.entries(fields)) {
      check((value as Record<string, unknown>)[name], field === "" ? name : `${field}.${name}`);
    }
  };
}

function list(check: Check): Check {
  return (value, field) => {
    expect(Array.isArray(value), field, "a list", value);
    (value as unknown[]).forEach((item, index) => {
      check(item, `${field}.${index}`);
    });
  };
}

function some(check: Check): Check {
  return (value, field) => {
    list(check)(value, field);
    expect((value as unknown[]).length > 0, field, "a list that is not empty", value);
  };
}

function oneOf(...allowed: readonly (string | number)[]): Check {
  return (value, field) => {
    expect(allowed.includes(value as string), field, allowed.join(" or "), value);
  };
}

/** Only of a classifier can an app say what a picture shows. */
function classifier(value: unknown, field: string): void {
  if (value === undefined || value === "classification") return;
  throw new BadManifest(
    `manifest.json: ${field} is ${JSON.stringify(value)}: this app says what a picture shows, ` +
      "and takes classifiers only",
  );
}

function optional(check: Check): Check {
  return (value, field) => {
    if (value !== undefined && value !== null) check(value, field);
  };
}

function text(value: unknown, field: string): void {
  expect(typeof value === "string", field, "a text", value);
}

function hash(value: unknown, field: string): void {
  const isHash = typeof value === "string" && /^[0-9a-f]{64}$/.test(value);
  expect(isHash, field, "64 hexadecimal digits", value);
}

/** A name in the manifest's own folder: it becomes part of an address. As Python's `FileName`. */
function fileName(value: unknown, field: string): void {
  const isName = typeof value === "string" && /^\.*[\p{L}\p{N}_+-][\p{L}\p{N}_.+-]*$/u.test(value);
  expect(isName, field, "the name of a file", value);
}

function number(value: unknown, field: string): void {
  expect(typeof value === "number", field, "a number", value);
}

function positive(value: unknown, field: string): void {
  expect(typeof value === "number" && value > 0, field, "a number above 0", value);
}

function whole(value: unknown, field: string): void {
  const isWhole = Number.isInteger(value) && (value as number) > 0;
  expect(isWhole, field, "a whole number above 0", value);
}

function expect(holds: boolean, field: string, expected: string, got: unknown): void {
  if (holds) return;
  const found = got === undefined ? "missing" : JSON.stringify(got).slice(0, 60);
  throw new BadManifest(
    `manifest.json: ${field || "the whole"} is ${found}, expected ${expected}; ` +
      "export the model again",
  );
}
