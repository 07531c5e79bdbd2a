package io.stoat.replication;

import io.stoat.store.Eviction;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;

/**
 * The settings from which members' contents follow, besides the log: they have to be the same on
 * all members. Immutable; any thread.
 */
final class ContentSettings {
    /** What a member of an earlier version gives for a fingerprint. */
    static final int NO_FINGERPRINT = 1;

    private final Map<String, String> values;

    private ContentSettings(final Map<String, String> values) {
        this.values = values;
    }

    static ContentSettings of(final ClusterSettings settings) {
        final Map<String, String> values = new LinkedHashMap<>();
        values.put("shards", Integer.toString(settings.shards()));
        values.put("entries", Long.toString(settings.entries()));
        values.put("value-size", Integer.toString(settings.valueSize()));
        values.put("eviction", nameOf(settings.eviction()));
        values.put("high-water-percent", Integer.toString(settings.highWaterPercent()));
        values.put("tick-ms", Long.toString(settings.tickMs()));
        values.put("groups", Integer.toString(settings.groups()));
        return new ContentSettings(values);
    }

    /** As the configuration spells it. */
    static String nameOf(final Eviction eviction) {
        return eviction.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Takes them from {@link #text()}. */
    static ContentSettings parse(final String text) {
        final Map<String, String> values = new LinkedHashMap<>();
        for (final String part : text.split(",")) {
            final int colon = part.indexOf(':');
            if (colon > 0) {
                values.put(part.substring(0, colon), part.substring(colon + 1));
            }
        }
        return new ContentSettings(values);
    }

    /** Names and values in a line without blanks, as part of a channel's alias. */
    String text() {
        final StringJoiner text = new StringJoiner(",");
        values.forEach((name, value) -> text.add(name + ':' + value));
        return text.toString();
    }

    /**
     * A number that goes with the log's leadership terms in the place of an application's version;
     * of its 65,534 values two different settings may share one. Small enough for earlier versions,
     * which refuse another major version only.
     */
    int fingerprint() {
        int hash = 17;
        for (final char c : text().toCharArray()) {
            hash = 31 * hash + c;
        }
        hash ^= hash >>> 16;
        return NO_FINGERPRINT + 1 + (hash & 0x7FFF_FFFF) % (0xFFFF - NO_FINGERPRINT);
    }

    /** Whether settings that both have differ. */
    boolean differsFrom(final ContentSettings other) {
        return !difference(other, "").isEmpty();
    }

    /**
     * Which settings differ: "" when none does.
     *
     * @param where the other's are.
     */
    String difference(final ContentSettings other, final String where) {
        final StringJoiner all = new StringJoiner("; ");
        values.forEach(
                (name, value) -> {
                    final String others = other.values.get(name);
                    if (others != null && !others.equals(value)) {
                        all.add(name + '=' + value + " here, but " + name + '=' + others + where);
                    }
                });
        return all.toString();
    }
}
