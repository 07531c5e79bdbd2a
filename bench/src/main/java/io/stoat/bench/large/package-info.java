/**
 * A store of many entries: load, memory, reads against the peers, opening again after a clean end
 * and after SIGKILL.
 */
package io.stoat.bench.large;
