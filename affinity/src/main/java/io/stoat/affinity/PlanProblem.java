package io.stoat.affinity;

/**
 * What is wrong with a plan on a host.
 *
 * @param level FAIL when the plan cannot be had or its threads fight, WARN when it costs latency.
 * @param reason what is wrong, naming the thread and the CPU.
 * @param mend what to do about it.
 */
public record PlanProblem(Level level, String reason, String mend) {
    @Override
    public String toString() {
        return level + " " + reason + "; " + mend;
    }
}
