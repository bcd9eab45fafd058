/**
 * The timeline of a drill: what happened, in seconds since its beginning.
 */

export interface Moment {
  seconds: number;
  event: string;
  detail?: string;
}

export class Timeline {
  readonly origin = performance.now();
  readonly moments: Moment[] = [];
  readonly #show: (moment: Moment) => void;

  constructor(show: (moment: Moment) => void = () => {}) {
    this.#show = show;
  }

  get seconds(): number {
    return Math.round(performance.now() - this.origin) / 1000;
  }

  mark(event: string, detail?: string): number {
    const moment: Moment = { seconds: this.seconds, event, ...(detail === undefined ? {} : { detail }) };
    this.moments.push(moment);
    this.#show(moment);
    return moment.seconds;
  }

  /** A moment that another process saw: milliseconds since 1970. It takes its place among the others. */
  insert(event: string, at: number, detail?: string): number {
    const seconds = Math.max(0, Math.round(at - performance.timeOrigin - this.origin)) / 1000;
    const moment: Moment = { seconds, event, ...(detail === undefined ? {} : { detail }) };
    const before = this.moments.findLastIndex((other) => other.seconds <= seconds);
    this.moments.splice(before + 1, 0, moment);
    this.#show(moment);
    return seconds;
  }
}
