package io.stoat.ops.tune;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A plan and what its runs have measured. */
final class Candidate {
    private final String plan;
    private final boolean automatic;
    private final List<LoadFigures> runs = new ArrayList<>();
    private String failure;

    /**
     * @param plan line of a thread plan.
     * @param automatic whether it is the plan that the node makes by itself.
     */
    Candidate(final String plan, final boolean automatic) {
        this.plan = plan;
        this.automatic = automatic;
    }

    String plan() {
        return plan;
    }

    boolean isAutomatic() {
        return automatic;
    }

    void add(final LoadFigures figures) {
        runs.add(figures);
    }

    void fail(final String reason) {
        failure = reason;
    }

    /** Why it could not be measured, or null. */
    String failure() {
        return failure;
    }

    boolean isMeasured() {
        return failure == null && !runs.isEmpty();
    }

    int runs() {
        return runs.size();
    }

    /** Medians of the runs; only when {@link #isMeasured()}. */
    LoadFigures median() {
        return LoadFigures.median(runs);
    }

    Map<String, Object> asMap() {
        final Map<String, Object> map = new LinkedHashMap<>();
        map.put("threads", plan);
        map.put("automatic", automatic);
        if (failure != null) {
            map.put("failure", failure);
        }
        if (isMeasured()) {
            map.put("median", median().asMap());
        }
        map.put("runs", runs.stream().map(LoadFigures::asMap).toList());
        return map;
    }
}
