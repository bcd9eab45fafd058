// The proleptic Gregorian calendar: days since 1970-01-01 and back.
// Method: Howard Hinnant, "chrono-compatible low-level date algorithms"; years begin in March, so that the leap day is last.
// Invariant: exact for every day of the years 1 to 9999; a day before 1970-01-01 is 2^32 minus its distance.

export function daysInMonth(year: i32, month: u32): u32 {
  if (month == 2) return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
  return 30 + ((month + (month >> 3)) & 1);
}

/** Day number of the first of a month. */
export function firstOfMonth(year: u32, month: u32): u32 {
  const y = month <= 2 ? year - 1 : year;
  const era = y / 400;
  const ofEra = y - era * 400;
  const ofYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5;
  return era * 146097 + ofEra * 365 + ofEra / 4 - ofEra / 100 + ofYear - 719468;
}

/** The month in which a day number lies, as year << 4 | month. */
export function monthOf(days: u32): u32 {
  const z = days + 719468;
  const era = z / 146097;
  const ofEra = z - era * 146097;
  const years = (ofEra - ofEra / 1460 + ofEra / 36524 - ofEra / 146096) / 365;
  const ofYear = ofEra - (365 * years + years / 4 - years / 100);
  const fromMarch = (5 * ofYear + 2) / 153;
  const m = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
  return ((era * 400 + years + <u32>(m <= 2)) << 4) | m;
}

/** The first day of the year, or of the month, in which a day number lies. */
export function firstOfPeriod(days: u32, month: bool): u32 {
  const found = monthOf(days);
  return firstOfMonth(found >> 4, month ? found & 15 : 1);
}
