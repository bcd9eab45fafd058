// Paths of `protobuf.bodies` take JSON as well, in which `proto:` and `grpc:` find nothing. A call in JSON is refused there; whether
// clients of such a path send JSON nobody knows.

import { isTaking } from "../action.ts";
import { followBodies } from "../protobuf/index.ts";
import type { Check } from "./index.ts";

const inJson: ReadonlySet<string> = new Set(["json", "any"]);
const inProtobuf: ReadonlySet<string> = new Set(["proto", "grpc"]);

export const jsonUnseen: Check = (compiled) => {
  const { policy, rules, role } = compiled;
  const { protobuf, unmatched } = policy;
  const direction = role === "edge" ? "request" : "response";
  const acting = rules.filter(({ action, directions }) => isTaking(action) && directions.includes(direction));
  const isIn = (places: ReadonlySet<string>) =>
    acting.some(({ selectors }) => selectors.some(({ location }) => places.has(location)));
  if (protobuf === undefined || unmatched !== "pass" || isIn(inJson) || !isIn(inProtobuf)) return [];
  const { bodies } = followBodies({ protobuf, rules, unmatched, role });
  const seen = bodies.find(({ isCall, typed }) => !isCall && typed[direction]);
  if (seen === undefined) return [];
  return [
    {
      code: "json-unseen",
      place: { path: ["protobuf", "bodies"] },
      message: `JSON to ${seen.path} passes: proto: and grpc: select in protobuf alone`,
      remedy: 'select by name ("named:card_number"), which finds both, or in "json:" too',
    },
  ];
};
