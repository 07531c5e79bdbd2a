package io.stoat.affinity;

/** How a finding about the host or about a plan is to be taken. */
public enum Level {
    /** As it should be. */
    OK,
    /** It works, and costs latency. */
    WARN,
    /** It does not work, or ruins latency. */
    FAIL,
    /** The host does not tell. */
    UNKNOWN
}
