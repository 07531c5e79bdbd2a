package io.stoat.bench.rig;

import io.stoat.bench.target.Target;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Something that is to happen to a target during the last phase of a run.
 *
 * @param share of the phase after which it happens, 0 to 1.
 * @param event to cause.
 */
public record PlannedEvent(double share, Target.Event event) {
    /** Refuses what lies outside of the phase. */
    public PlannedEvent {
        if (!(share >= 0 && share < 1)) {
            throw new IllegalArgumentException("an event at " + share + " of a phase: use 0 to 1");
        }
    }

    /**
     * @return the components by name, for JSON.
     */
    public Map<String, Object> toMap() {
        final Map<String, Object> map = new LinkedHashMap<>();
        map.put("share", share);
        map.put("event", event.label());
        return map;
    }

    /**
     * @param map as {@link #toMap()} gives it.
     * @return the event.
     */
    public static PlannedEvent of(final Map<String, ?> map) {
        return new PlannedEvent(
                ((Number) map.get("share")).doubleValue(),
                Target.Event.of((String) map.get("event")));
    }
}
