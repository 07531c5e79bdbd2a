package io.stoat.bench.result;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One figure of a comparison.
 *
 * @param section of the result that it belongs to.
 * @param of whom or what it was measured.
 * @param name of the figure.
 * @param unit of its value; empty of a plain number.
 * @param value measured; not a number when there is none.
 * @param bound that it is held to.
 */
public record Figure(
        String section, String of, String name, String unit, double value, Bound bound) {
    /**
     * @param name of the figure.
     * @param unit of its value.
     * @param value measured.
     * @return a figure without bound, not in its place yet.
     */
    public static Figure of(final String name, final String unit, final double value) {
        return new Figure("", "", name, unit, value, Bound.NONE);
    }

    /**
     * @param newBound that it is held to.
     * @return the same figure with that bound.
     */
    public Figure within(final Bound newBound) {
        return new Figure(section, of, name, unit, value, newBound);
    }

    /**
     * @param newSection of the result.
     * @param subject whom or what it was measured of.
     * @return the same figure in that place.
     */
    public Figure in(final String newSection, final String subject) {
        return new Figure(newSection, subject, name, unit, value, bound);
    }

    /**
     * @return whether it keeps its bound.
     */
    public Bound.Verdict verdict() {
        return bound.verdict(value);
    }

    Map<String, Object> toMap() {
        final Map<String, Object> map = new LinkedHashMap<>();
        map.put("section", section);
        map.put("of", of);
        map.put("name", name);
        map.put("unit", unit);
        map.put("value", JsonFile.numberOrNull(value));
        map.put("bound", bound.limitOrNull());
        map.put("boundIs", bound.kindOrNull());
        map.put("verdict", verdict().words());
        return map;
    }

    static Figure of(final Map<String, ?> map) {
        return new Figure(
                (String) map.get("section"),
                (String) map.get("of"),
                (String) map.get("name"),
                (String) map.get("unit"),
                JsonFile.number(map.get("value")),
                Bound.of(map.get("bound"), map.get("boundIs")));
    }
}
