package io.stoat.bench.result;

import io.stoat.bench.Median;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One figure of two, round by round, and the ratio that counts.
 *
 * @param section of the result that it belongs to.
 * @param what was measured.
 * @param unit of both medians.
 * @param baseName what is compared with.
 * @param base its median.
 * @param comparedName what is compared.
 * @param compared its median.
 * @param ratio median of the rounds' ratios of compared to base.
 * @param low lower end of the middle half of these ratios.
 * @param high upper end.
 * @param bound that the ratio is held to.
 */
public record ComparedRow(
        String section,
        String what,
        String unit,
        String baseName,
        double base,
        String comparedName,
        double compared,
        double ratio,
        double low,
        double high,
        Bound bound) {

    /** Who is compared with whom in a part of a result: section, base and compared. */
    public record Pair(String section, String baseName, String comparedName) {}

    /**
     * @param pair that is compared.
     * @param what was measured.
     * @param unit of both medians.
     * @param base median of the base.
     * @param compared median of the compared.
     * @param ratios of compared to base, one a round, at least one.
     * @param bound that their median is held to.
     * @return the row.
     */
    public static ComparedRow of(
            final Pair pair,
            final String what,
            final String unit,
            final double base,
            final double compared,
            final double[] ratios,
            final Bound bound) {
        final double[] sorted = ratios.clone();
        Arrays.sort(sorted);
        return new ComparedRow(
                pair.section,
                what,
                unit,
                pair.baseName,
                base,
                pair.comparedName,
                compared,
                Median.of(sorted),
                sorted[sorted.length / 4],
                sorted[(sorted.length * 3 - 1) / 4],
                bound);
    }

    /**
     * @return whether the ratio keeps its bound.
     */
    public Bound.Verdict verdict() {
        return bound.verdict(ratio);
    }

    Map<String, Object> toMap() {
        final Map<String, Object> map = new LinkedHashMap<>();
        map.put("section", section);
        map.put("what", what);
        map.put("unit", unit);
        map.put("baseName", baseName);
        map.put("base", JsonFile.numberOrNull(base));
        map.put("comparedName", comparedName);
        map.put("compared", JsonFile.numberOrNull(compared));
        map.put("ratio", JsonFile.numberOrNull(ratio));
        map.put("ratioLow", JsonFile.numberOrNull(low));
        map.put("ratioHigh", JsonFile.numberOrNull(high));
        map.put("bound", bound.limitOrNull());
        map.put("boundIs", bound.kindOrNull());
        map.put("verdict", verdict().words());
        return map;
    }

    static ComparedRow of(final Map<String, ?> map) {
        return new ComparedRow(
                (String) map.get("section"),
                (String) map.get("what"),
                (String) map.get("unit"),
                (String) map.get("baseName"),
                JsonFile.number(map.get("base")),
                (String) map.get("comparedName"),
                JsonFile.number(map.get("compared")),
                JsonFile.number(map.get("ratio")),
                JsonFile.number(map.get("ratioLow")),
                JsonFile.number(map.get("ratioHigh")),
                Bound.of(map.get("bound"), map.get("boundIs")));
    }
}
