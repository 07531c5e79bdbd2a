/**
 * Sharded key-value store over memory-mapped Chronicle Maps.
 *
 * <p>{@link io.stoat.store.Store} owns a data directory and applies commands, on one thread. {@link
 * io.stoat.store.StoreReader} reads the same directory from any process of the host, without locks
 * and without writing a byte.
 *
 * <p>Priorities, in this order: no wrong or torn value is ever returned; nothing a reader does, its
 * death included, is felt by the writer; the paths {@link io.stoat.store.StoreReader#find}, {@link
 * io.stoat.store.StoreReader#get} and the same-length {@link io.stoat.store.Store#put} allocate
 * nothing and touch as few cache lines as the layout allows.
 */
package io.stoat.store;
