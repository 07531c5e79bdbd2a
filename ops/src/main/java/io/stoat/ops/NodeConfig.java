package io.stoat.ops;

import io.stoat.store.StoreContext;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/**
 * A node's settings, from the lines {@code key=value} of a file and from flags; flags win. The keys
 * are the flags' names: {@code data-dir}, {@code endpoint}, {@code shards}, {@code entries}, {@code
 * value-size}.
 */
final class NodeConfig {
    static final String DEFAULT_ENDPOINT = "127.0.0.1:7480";

    private static final List<String> KEYS =
            List.of("data-dir", "endpoint", "shards", "entries", "value-size");

    private final Map<String, String> settings = new TreeMap<>();
    private final Map<String, String> origins = new TreeMap<>();

    /**
     * Takes every setting of a properties file; an unknown key is refused with the nearest known
     * one.
     */
    NodeConfig file(final Path file) {
        final Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            properties.load(reader);
        } catch (final NoSuchFileException ex) {
            throw CommandFailure.usage("--config " + file + " does not exist");
        } catch (final IOException | IllegalArgumentException ex) {
            throw CommandFailure.usage("--config " + file + " cannot be read: " + ex.getMessage());
        }
        for (final String key : properties.stringPropertyNames()) {
            if (!KEYS.contains(key)) {
                throw CommandFailure.usage(
                        "--config "
                                + file
                                + ": unknown setting '"
                                + key
                                + "'; did you mean '"
                                + nearest(key)
                                + "'? Known: "
                                + String.join(", ", KEYS));
            }
            set(key, properties.getProperty(key).trim(), file + ": " + key);
        }
        return this;
    }

    /** Takes a flag's value if it was given. */
    NodeConfig flag(final String key, final Object value) {
        if (value != null) {
            set(key, value.toString(), "--" + key);
        }
        return this;
    }

    private void set(final String key, final String value, final String origin) {
        settings.put(key, value);
        origins.put(key, origin);
    }

    Path dataDir() {
        return Path.of(settings.getOrDefault("data-dir", StoreOptions.DEFAULT_DATA_DIR));
    }

    String endpoint() {
        return settings.getOrDefault("endpoint", DEFAULT_ENDPOINT);
    }

    StoreContext storeContext() {
        final StoreContext context = new StoreContext().dataDir(dataDir());
        if (settings.containsKey("shards")) {
            context.shardCount(Math.toIntExact(number("shards", 1, 1000)));
        }
        if (settings.containsKey("entries")) {
            context.entries(number("entries", 1, 1L << 40));
        }
        if (settings.containsKey("value-size")) {
            context.maxValueLength(
                    Math.toIntExact(number("value-size", 1, StoreContext.MAX_VALUE_LENGTH_LIMIT)));
        }
        return context;
    }

    private long number(final String key, final long min, final long max) {
        final String text = settings.get(key);
        try {
            final long number = Long.parseLong(text.replace("_", ""));
            if (number >= min && number <= max) {
                return number;
            }
        } catch (final NumberFormatException ignore) {
            // said below
        }
        throw CommandFailure.usage(
                origins.get(key)
                        + "="
                        + text
                        + ": must be a whole number from "
                        + min
                        + " to "
                        + max);
    }

    private static String nearest(final String key) {
        String best = KEYS.get(0);
        int bestDistance = Integer.MAX_VALUE;
        for (final String known : KEYS) {
            final int distance = distance(key, known);
            if (distance < bestDistance) {
                bestDistance = distance;
                best = known;
            }
        }
        return best;
    }

    /** Levenshtein distance. */
    private static int distance(final String a, final String b) {
        int[] previous = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            final int[] row = new int[b.length() + 1];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                final int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                row[j] = Math.min(previous[j - 1] + change, Math.min(previous[j], row[j - 1]) + 1);
            }
            previous = row;
        }
        return previous[b.length()];
    }
}
