/**
 * How large a resource may be. `kubectl apply` keeps each in an annotation of itself, unless the server does the merging,
 * and etcd takes no request beyond a size of its own.
 *
 * Sources: `TotalAnnotationSizeLimitB` in k8s.io/apimachinery/pkg/api/validation/objectmeta.go (names and values of all
 * annotations); `DefaultMaxRequestBytes` in go.etcd.io/etcd/server/v3/embed/config.go.
 */

import { field, isObject } from "./check/source.ts";
import type { Json } from "./filter.ts";
import type { Resource } from "./yaml.ts";

export const ANNOTATIONS_LIMIT = 262_144;
export const ETCD_LIMIT = 1_572_864;

const lastApplied = "kubectl.kubernetes.io/last-applied-configuration";

/** Bytes of all annotations once `kubectl apply` has added its own: the resource as JSON, with a line end. */
export function annotationBytes(value: Json): number {
  const own = field(field(value, "metadata"), "annotations");
  const noted = Object.entries(isObject(own) ? own : {})
    .flat()
    .join("");
  return Buffer.byteLength(`${lastApplied}${JSON.stringify(value)}\n${noted}`);
}

export function sizeNotes(resources: readonly Resource[]): string[] {
  return resources.flatMap(({ value }) => {
    const size = Buffer.byteLength(JSON.stringify(value));
    const fewer = "let the policy extend fewer presets or name fewer detectors";
    if (size > ETCD_LIMIT) {
      return [`the ${value.kind} has ${size} bytes, and etcd takes at most ${ETCD_LIMIT}: ${fewer}`];
    }
    const bytes = annotationBytes(value);
    if (bytes <= ANNOTATIONS_LIMIT) return [];
    return [
      `the ${value.kind} is too large for the annotation that kubectl apply makes of it (${bytes} of at most ` +
        `${ANNOTATIONS_LIMIT} bytes): apply it with kubectl apply --server-side, or ${fewer}`,
    ];
  });
}
