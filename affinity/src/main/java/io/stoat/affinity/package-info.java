/**
 * Which thread runs on which CPU, and whether the host lets it run undisturbed.
 *
 * <p>{@link io.stoat.affinity.Topology} tells what the host has, {@link
 * io.stoat.affinity.ThreadPlan} which roles share a thread and where each thread runs, {@link
 * io.stoat.affinity.PinnedThreadFactory} makes the threads, {@link io.stoat.affinity.TrackedAgent}
 * measures their duty cycles, {@link io.stoat.affinity.ThreadFigures} shows these to other
 * processes, {@link io.stoat.affinity.CoreClaims} keeps processes off each other's cores, and
 * {@link io.stoat.affinity.HostCheck} finds what disturbs them.
 *
 * <p>Nothing here knows what the threads do; nothing else in Stoat knows how a thread is pinned.
 * Priorities, in this order: a plan never lets two threads fight over a core; a host that tells
 * little, or refuses to pin, costs latency and nothing else; {@link
 * io.stoat.affinity.DutyCycleTracker#nextCycle} allocates nothing.
 */
package io.stoat.affinity;
