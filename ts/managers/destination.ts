/** In the scratch of a payload: the connection over which it goes, which is a Client or a Session. */
export const DESTINATION = Symbol('destination');
