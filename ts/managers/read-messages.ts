import { ProcessError } from '../errors.js';
import { closeHandles } from '../transport/frame-reader.js';
import {
  type Frame,
  HEADER_BYTES,
  LENGTH,
  METHOD,
  type Message,
  NUMBER,
  OBJECT,
} from './protocol.js';

/**
 * Reads a frame, and closes those of its descriptors that `read` does not take.
 * @throws {ProcessError} ERR_MP_PROCESS when the bytes are no frame; what `read` throws.
 */
export function readMessages(frame: Frame, read: (message: Message) => void): void {
  if (frame.handles.length === 0) {
    readEach(frame, read);
    return;
  }
  const rest = new Set(frame.handles);
  try {
    readEach(frame, (message) => {
      for (const fd of message.handles) rest.delete(fd);
      try {
        read(message);
      } finally {
        closeHandles(message.handles);
      }
    });
  } finally {
    closeHandles([...rest]);
  }
}

function readEach({ body, handles }: Frame, read: (message: Message) => void): void {
  let firstHandle = 0;
  for (let at = 0; at < body.length; ) {
    if (body.length - at < HEADER_BYTES) throw malformed();
    const end = at + HEADER_BYTES + body.readUInt32LE(at + LENGTH);
    const lastHandle = firstHandle + body[at + 1]!;
    if (end > body.length || lastHandle > handles.length) throw malformed();
    read({
      kind: body[at]!,
      number: body.readUInt32LE(at + NUMBER),
      object: body.readUInt32LE(at + OBJECT),
      method: body.readUInt16LE(at + METHOD),
      payload: body.subarray(at + HEADER_BYTES, end),
      handles: handles.slice(firstHandle, lastHandle),
    });
    firstHandle = lastHandle;
    at = end;
  }
}

function malformed(): ProcessError {
  return new ProcessError('Expected a frame of messages, received other bytes');
}
