/**
 * The first byte of each value. A payload is `FORMAT`, a byte of flags, and one value.
 *
 * 0x00..0x7f  the integers 0 to 127
 * 0x80..0x9f  a latin-1 string of 0 to 31 characters
 * 0xa0..0xbf  a plain object with one of the first 32 key lists of this payload
 * 0xc0..0xff  the tags below
 */

/** First byte of each payload: the version of this format. Change it with every change of tags. */
export const FORMAT = 0xb2;

/** Flag: the payload has back-references, so that the reader must number what it reads. */
export const FLAG_GRAPH = 1;

export const SHORT_STRING = 0x80;
export const SHORT_STRING_ROOM = 32;
export const SHORT_SHAPE = 0xa0;
export const SHORT_SHAPE_ROOM = 32;

export const Tag = {
  NULL: 0xc0,
  UNDEFINED: 0xc1,
  FALSE: 0xc2,
  TRUE: 0xc3,
  INT8: 0xc4,
  INT16: 0xc5,
  INT32: 0xc6,
  FLOAT64: 0xc7,
  BIGINT64: 0xc8,
  BIGINT: 0xc9,
  LATIN1: 0xca,
  UTF16: 0xcc,
  SYMBOL_REGISTERED: 0xcd,
  SYMBOL_WELL_KNOWN: 0xce,
  SYMBOL_FRESH: 0xcf,
  SYMBOL_AGAIN: 0xd0,
  /** An object that came before, by its number. */
  REF: 0xd1,
  /** In place of a content: it comes after the value that is being read. */
  LATER: 0xd2,
  /** An empty object whose content follows, or `LATER`. */
  OBJECT: 0xd3,
  NULL_OBJECT: 0xd4,
  /** Contents of an object; each is also a plain object with that content. */
  SHAPE_NEW: 0xd5,
  SHAPE: 0xd6,
  DICTIONARY: 0xd7,
  SYMBOL_KEYS: 0xd8,
  ARRAY: 0xd9,
  ARRAY_EMPTY: 0xda,
  HOLES: 0xdb,
  PACKED_INT8: 0xdc,
  PACKED_INT16: 0xdd,
  PACKED_INT32: 0xde,
  PACKED_FLOAT64: 0xdf,
  MAP: 0xe0,
  SET: 0xe1,
  /** Content of an array, a Map or a Set, after their number. */
  ENTRIES: 0xe2,
  DATE: 0xe3,
  REGEXP: 0xe4,
  BOXED: 0xe5,
  URL: 0xe6,
  URL_SEARCH_PARAMS: 0xe7,
  ERROR: 0xe8,
  DOM_EXCEPTION: 0xe9,
  ARRAY_BUFFER: 0xea,
  RESIZABLE_BUFFER: 0xeb,
  VIEW_WHOLE: 0xec,
  VIEW_COPY: 0xed,
  VIEW: 0xee,
  FUNCTION: 0xef,
  INSTANCE: 0xf0,
  SUBCLASS: 0xf1,
  REDUCED: 0xf2,
  REDUCED_BY_NAME: 0xf3,
  WITH_PROPERTIES: 0xf4,
  HOST: 0xf5,
  /** Before a reduced form that came before: else it would be taken for the object itself. */
  KNOWN_FORM: 0xf6,
} as const;
