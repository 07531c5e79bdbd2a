package io.stoat.bench.workload;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What is asked of a store. Immutable.
 *
 * @param name for people, such as {@code ycsb-a}.
 * @param keys loaded before the run, 1 to 100 million.
 * @param keyLength bytes, 16 to 1024.
 * @param valueLength bytes, 8 to 1 MiB.
 * @param readPercent of the operations that read.
 * @param updatePercent that overwrite.
 * @param insertPercent that write keys which were not loaded.
 * @param scanPercent that read several keys.
 * @param rmwPercent that read and then overwrite.
 * @param order of the keys.
 * @param missPercent of the reads that ask for an absent key.
 * @param ttlPercent of the writes that carry a time to live.
 * @param ttlMs that they carry, ms.
 * @param scanSpan most keys of a scan.
 */
public record Workload(
        String name,
        long keys,
        int keyLength,
        int valueLength,
        double readPercent,
        double updatePercent,
        double insertPercent,
        double scanPercent,
        double rmwPercent,
        KeyOrder order,
        double missPercent,
        double ttlPercent,
        long ttlMs,
        int scanSpan) {
    /** Keys when no other number is asked for. */
    public static final long DEFAULT_KEYS = 100_000;

    /** Key length when no other is asked for, bytes. */
    public static final int DEFAULT_KEY_LENGTH = 16;

    /** Value length when no other is asked for, bytes. */
    public static final int DEFAULT_VALUE_LENGTH = 128;

    private static final int DEFAULT_SCAN_SPAN = 10;
    private static final long DEFAULT_TTL_MS = 3_600_000;

    /** Refuses what makes no workload, naming the setting. */
    public Workload {
        requireRange("keys", keys, 1, 100_000_000);
        requireRange("keyLength", keyLength, Payload.MIN_KEY_LENGTH, 1024);
        requireRange("valueLength", valueLength, Payload.MIN_VALUE_LENGTH, 1 << 20);
        requireRange("scanSpan", scanSpan, 1, 1000);
        final double sum = readPercent + updatePercent + insertPercent + scanPercent + rmwPercent;
        if (Math.abs(sum - 100) > 1e-6
                || readPercent < 0
                || updatePercent < 0
                || insertPercent < 0
                || scanPercent < 0
                || rmwPercent < 0) {
            throw new IllegalArgumentException(
                    "the shares of the operations must be 0 or more and make 100 %: " + sum);
        }
        if (missPercent < 0 || missPercent > 100 || ttlPercent < 0 || ttlPercent > 100) {
            throw new IllegalArgumentException(
                    "missPercent=" + missPercent + ", ttlPercent=" + ttlPercent + ": use 0 to 100");
        }
    }

    private static void requireRange(
            final String setting, final long value, final long min, final long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(
                    setting + "=" + value + " is out of range: use " + min + " to " + max);
        }
    }

    /**
     * A core workload of the Yahoo! Cloud Serving Benchmark, with this rig's default sizes.
     *
     * @param letter a to f.
     * @return the workload.
     * @throws IllegalArgumentException for another letter.
     */
    public static Workload ycsb(final char letter) {
        final String name = "ycsb-" + letter;
        return switch (letter) {
            case 'a' -> mix(name, 50, 50, 0, 0, 0, KeyOrder.ZIPFIAN);
            case 'b' -> mix(name, 95, 5, 0, 0, 0, KeyOrder.ZIPFIAN);
            case 'c' -> mix(name, 100, 0, 0, 0, 0, KeyOrder.ZIPFIAN);
            case 'd' -> mix(name, 95, 0, 5, 0, 0, KeyOrder.LATEST);
            case 'e' -> mix(name, 0, 0, 5, 95, 0, KeyOrder.ZIPFIAN);
            case 'f' -> mix(name, 50, 0, 0, 0, 50, KeyOrder.ZIPFIAN);
            default ->
                    throw new IllegalArgumentException(
                            "workload ycsb-" + letter + " is unknown: use ycsb-a to ycsb-f");
        };
    }

    /**
     * @return whether each operation is one read or one write: none needs the answer of another.
     */
    public boolean hasOnlySingleSteps() {
        return scanPercent == 0 && rmwPercent == 0;
    }

    /**
     * @return one update for each trade of a recording.
     */
    public static Workload replay() {
        return mix("replay", 0, 100, 0, 0, 0, KeyOrder.UNIFORM);
    }

    private static Workload mix(
            final String name,
            final double read,
            final double update,
            final double insert,
            final double scan,
            final double rmw,
            final KeyOrder order) {
        return new Workload(
                name,
                DEFAULT_KEYS,
                DEFAULT_KEY_LENGTH,
                DEFAULT_VALUE_LENGTH,
                read,
                update,
                insert,
                scan,
                rmw,
                order,
                0,
                0,
                DEFAULT_TTL_MS,
                DEFAULT_SCAN_SPAN);
    }

    /**
     * A workload by its name.
     *
     * @param name ycsb-a to ycsb-f, read, update or replay.
     * @return the workload.
     * @throws IllegalArgumentException naming the known ones.
     */
    public static Workload named(final String name) {
        if (name.matches("ycsb-[a-f]")) {
            return ycsb(name.charAt(name.length() - 1));
        }
        return switch (name) {
            case "read" -> mix(name, 100, 0, 0, 0, 0, KeyOrder.UNIFORM);
            case "update" -> mix(name, 0, 100, 0, 0, 0, KeyOrder.UNIFORM);
            case "replay" -> replay();
            default ->
                    throw new IllegalArgumentException(
                            "workload "
                                    + name
                                    + " is unknown: use ycsb-a to ycsb-f, read, update or replay");
        };
    }

    /**
     * @return keys that inserts write, beyond those loaded; inserts start over when they are used
     *     up.
     */
    public long spareKeys() {
        return insertPercent == 0 ? 0 : Math.max(1_000, keys / 4);
    }

    /**
     * @param newKeys loaded before the run.
     * @return the same workload with that many keys.
     */
    public Workload withKeys(final long newKeys) {
        final Map<String, Object> map = toMap();
        map.put("keys", newKeys);
        return of(map);
    }

    /**
     * @param length of values, bytes.
     * @return the same workload with values of that length.
     */
    public Workload withValueLength(final int length) {
        final Map<String, Object> map = toMap();
        map.put("valueLength", length);
        return of(map);
    }

    /**
     * @param newOrder of the keys.
     * @return the same workload in that order.
     */
    public Workload withOrder(final KeyOrder newOrder) {
        final Map<String, Object> map = toMap();
        map.put("order", newOrder.label());
        return of(map);
    }

    /**
     * @param percent of the reads that ask for an absent key.
     * @return the same workload with these misses.
     */
    public Workload withMisses(final double percent) {
        final Map<String, Object> map = toMap();
        map.put("missPercent", percent);
        return of(map);
    }

    /**
     * @param percent of the writes that carry a time to live.
     * @param newTtlMs that they carry, ms.
     * @return the same workload with these.
     */
    public Workload withTtl(final double percent, final long newTtlMs) {
        final Map<String, Object> map = toMap();
        map.put("ttlPercent", percent);
        map.put("ttlMs", newTtlMs);
        return of(map);
    }

    /**
     * @return the components by name, for JSON.
     */
    public Map<String, Object> toMap() {
        final Map<String, Object> map = new LinkedHashMap<>();
        map.put("name", name);
        map.put("keys", keys);
        map.put("keyLength", keyLength);
        map.put("valueLength", valueLength);
        map.put("readPercent", readPercent);
        map.put("updatePercent", updatePercent);
        map.put("insertPercent", insertPercent);
        map.put("scanPercent", scanPercent);
        map.put("rmwPercent", rmwPercent);
        map.put("order", order.label());
        map.put("missPercent", missPercent);
        map.put("ttlPercent", ttlPercent);
        map.put("ttlMs", ttlMs);
        map.put("scanSpan", scanSpan);
        return map;
    }

    /**
     * @param map as {@link #toMap()} gives it.
     * @return the workload.
     */
    public static Workload of(final Map<String, ?> map) {
        return new Workload(
                (String) map.get("name"),
                number(map, "keys").longValue(),
                number(map, "keyLength").intValue(),
                number(map, "valueLength").intValue(),
                number(map, "readPercent").doubleValue(),
                number(map, "updatePercent").doubleValue(),
                number(map, "insertPercent").doubleValue(),
                number(map, "scanPercent").doubleValue(),
                number(map, "rmwPercent").doubleValue(),
                KeyOrder.of((String) map.get("order")),
                number(map, "missPercent").doubleValue(),
                number(map, "ttlPercent").doubleValue(),
                number(map, "ttlMs").longValue(),
                number(map, "scanSpan").intValue());
    }

    private static Number number(final Map<String, ?> map, final String name) {
        if (map.get(name) instanceof Number number) {
            return number;
        }
        throw new IllegalArgumentException("workload: " + name + "=" + map.get(name));
    }
}
