/**
 * {@code stoat tune}: measures thread plans against each other on this host, with Stoat's own load.
 */
package io.stoat.ops.tune;
