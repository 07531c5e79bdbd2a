/**
 * Remote requests: SBE messages over Aeron, the same over IPC and UDP.
 *
 * <p>{@link io.stoat.transport.StoreServer} serves a store on one thread; {@link
 * io.stoat.transport.StoreClient} is its synchronous client. The protocol's document is the schema
 * {@code stoat-transport.xml}.
 */
package io.stoat.transport;
