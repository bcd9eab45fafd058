// Names that stand in values: {"name": "cvv", "value": "737"}. Which members of an object hold such a name, and which of them
// what it names, by the words of form builders, metadata of payment APIs, attributes of telemetry, headers in archives,
// changes in audit logs, patches (RFC 6902) and answers of surveys.
// Invariant: no word is both. `data`, `content`, `text` and `message` are neither: events and messages have them beside a `type`
// that may well be a name of something personal, and all of the event would go.

import { PAIR } from "./constants.ts";
import { forms } from "./spelling.ts";

const naming = [
  "name,key,id,code,field,attribute,property,param,parameter,label,title,question,header,variable,option,system,type,kind",
  "path,pointer,column,identifier,setting,prompt,caption",
  "field name,field id,field key,attribute name,attribute code,attribute id,attribute key,property name,property key",
  "param name,parameter name,parameter key,header name,variable name,option name,column name,key name,question text",
];

const holding = [
  "value,values,val,answer,answers,old,new,before,after,from,to,previous,current",
  "string value,int value,integer value,number value,decimal value,double value,date value,text value,raw value",
  "field value,attribute value,property value,param value,parameter value,header value,variable value,option value",
  "new value,old value,default value,current value,previous value,display value,selected value,from string,to string",
  "value string,value date,value integer,value decimal,value code,value number,answer text",
];

const spelled = (lists: readonly string[]): string[] => lists.flatMap((list) => list.split(",").flatMap(forms));

const known: ReadonlyMap<string, number> = new Map([
  ...[...spelled(naming), "n", "k", "@name", "@key", "@id", "@code", "@field", "@type"].map(
    (name): [string, number] => [name, PAIR.NAME],
  ),
  ...[...spelled(holding), "v", "@value", "#text", "$t", "_"].map((name): [string, number] => [name, PAIR.VALUE]),
]);

/** What a member of the name is in a pair: `PAIR.NAME`, `PAIR.VALUE`, or 0 for neither. */
export const pairKind = (name: string): number => known.get(name) ?? 0;

export const pairNames: readonly string[] = [...known.keys()];
