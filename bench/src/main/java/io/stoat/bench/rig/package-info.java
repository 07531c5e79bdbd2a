/**
 * The load rig: puts a workload on a target in open, closed and window loops, each run in new JVMs
 * for node and load, and fails a run in which not every operation was answered rightly.
 */
package io.stoat.bench.rig;
