/** What the namespace `connection` has. */

export type { Waitable } from '../transport/readiness.js';
export type { Address, Family, InternetAddress } from './address.js';
export { Client, type ClientOptions } from './client.js';
export {
  type AuthKey,
  answerChallenge,
  type ChallengeOptions,
  type DigestName,
  deliverChallenge,
} from './handshake.js';
export { Listener, type ListenerOptions } from './listener.js';
export { type HasDescriptor, type WaitObject, wait } from './wait.js';
