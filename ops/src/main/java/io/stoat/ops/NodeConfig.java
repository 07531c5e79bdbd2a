package io.stoat.ops;

import io.stoat.store.Eviction;
import io.stoat.store.StoreContext;
import io.stoat.transport.ServerContext;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Properties;

/**
 * A node's settings, from the lines {@code key=value} of a file and from options; options win. What
 * is wrong is refused with setting, value and mend: unknown keys and keys given twice at once,
 * values by {@link #conclude()}.
 */
final class NodeConfig {
    private static final String HEADER =
            "# Settings of a Stoat node: stoat node --config FILE. Lines that are commented out show the\n"
                    + "# defaults. Options of the command win over this file.\n\n";
    private static final String OFF = "off";
    private static final String NONE = "none";
    private static final String FROM_PLAN = "plan";
    private static final int MAX_PORT = 65_535;
    private static final long MAX_SLOW_CYCLE_US = 60_000_000;

    private final Map<NodeSetting, String> values = new EnumMap<>(NodeSetting.class);
    private final Map<NodeSetting, String> origins = new EnumMap<>(NodeSetting.class);

    /** Takes every setting of a properties file. */
    NodeConfig file(final Path file) {
        final Properties properties = new UniqueProperties(file);
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            properties.load(reader);
        } catch (final NoSuchFileException ex) {
            throw CommandFailure.usage("--config " + file + " does not exist");
        } catch (final IOException | IllegalArgumentException ex) {
            throw CommandFailure.usage("--config " + file + " cannot be read: " + ex.getMessage());
        }
        for (final String key : properties.stringPropertyNames()) {
            final NodeSetting setting =
                    NodeSetting.ofKey(key).orElseThrow(() -> unknown(file, key));
            set(setting, properties.getProperty(key), file + ": " + key);
        }
        return this;
    }

    private static CommandFailure unknown(final Path file, final String key) {
        final List<String> keys =
                Arrays.stream(NodeSetting.values()).map(NodeSetting::key).toList();
        return CommandFailure.usage(
                "--config "
                        + file
                        + ": unknown setting '"
                        + key
                        + "'; did you mean '"
                        + Spelling.nearest(key, keys)
                        + "'? Known: "
                        + String.join(", ", keys));
    }

    /** Takes an option's value if it was given. */
    NodeConfig option(final NodeSetting setting, final Object value) {
        if (value != null) {
            set(setting, value.toString(), setting.option());
        }
        return this;
    }

    private void set(final NodeSetting setting, final String value, final String origin) {
        if (value.isBlank()) {
            throw CommandFailure.usage(
                    origin
                            + " has no value: give one, or leave it out for the default "
                            + setting.defaultValue());
        }
        values.put(setting, value.trim());
        origins.put(setting, origin);
    }

    /** Checks every value. */
    NodeConfig conclude() {
        storeContext();
        endpoint();
        tokenFile();
        sessions();
        agents(NodeSetting.READ_AGENTS);
        agents(NodeSetting.WRITE_AGENTS);
        isForced();
        slowCycleUs();
        return this;
    }

    /** Whether a file or an option sets it. */
    boolean has(final NodeSetting setting) {
        return values.containsKey(setting);
    }

    /** Its value, or its default. */
    String text(final NodeSetting setting) {
        return values.getOrDefault(setting, setting.defaultValue());
    }

    /** The setting with its value as a message names it, such as {@code --entries=0}. */
    String named(final NodeSetting setting) {
        return origins.getOrDefault(setting, setting.key()) + "=" + text(setting);
    }

    Path dataDir() {
        try {
            return Path.of(text(NodeSetting.DATA_DIR));
        } catch (final InvalidPathException ex) {
            throw CommandFailure.usage(named(NodeSetting.DATA_DIR) + ": " + ex.getReason());
        }
    }

    /** HOST:PORT, or null for IPC alone. */
    String endpoint() {
        final String endpoint = text(NodeSetting.ENDPOINT);
        if (endpoint.equals(OFF)) {
            return null;
        }
        if (!endpoint.matches(".+:\\d{1,5}") || port(endpoint) < 1 || port(endpoint) > MAX_PORT) {
            throw CommandFailure.usage(
                    named(NodeSetting.ENDPOINT)
                            + ": must be HOST:PORT with a port from 1 to "
                            + MAX_PORT
                            + ", for example 127.0.0.1:7480, or off");
        }
        return endpoint;
    }

    private static int port(final String endpoint) {
        return Integer.parseInt(endpoint.substring(endpoint.lastIndexOf(':') + 1));
    }

    /** The token file, or null when clients need no token. */
    Path tokenFile() {
        final String file = text(NodeSetting.TOKEN_FILE);
        try {
            return file.equals(NONE) ? null : Path.of(file);
        } catch (final InvalidPathException ex) {
            throw CommandFailure.usage(named(NodeSetting.TOKEN_FILE) + ": " + ex.getReason());
        }
    }

    int sessions() {
        return Math.toIntExact(number(NodeSetting.SESSIONS, 1, 65_536));
    }

    String threads() {
        return text(NodeSetting.THREADS);
    }

    /** Number of read or write agents; empty when the thread plan says it. */
    OptionalInt agents(final NodeSetting setting) {
        return text(setting).equals(FROM_PLAN)
                ? OptionalInt.empty()
                : OptionalInt.of(Math.toIntExact(number(setting, 1, ServerContext.MAX_AGENTS)));
    }

    boolean isForced() {
        final String forced = text(NodeSetting.FORCE);
        if (!forced.equals("true") && !forced.equals("false")) {
            throw CommandFailure.usage(named(NodeSetting.FORCE) + ": must be true or false");
        }
        return forced.equals("true");
    }

    long slowCycleUs() {
        return number(NodeSetting.SLOW_CYCLE_US, 1, MAX_SLOW_CYCLE_US);
    }

    /** With the settings that were given; an existing data directory has its own for the others. */
    StoreContext storeContext() {
        final StoreContext context = new StoreContext().dataDir(dataDir());
        if (has(NodeSetting.SHARDS)) {
            context.shardCount(Math.toIntExact(number(NodeSetting.SHARDS, 1, 1000)));
        }
        if (has(NodeSetting.ENTRIES)) {
            context.entries(number(NodeSetting.ENTRIES, 1, 1L << 40));
        }
        if (has(NodeSetting.VALUE_SIZE)) {
            context.maxValueLength(
                    Math.toIntExact(
                            number(
                                    NodeSetting.VALUE_SIZE,
                                    1,
                                    StoreContext.MAX_VALUE_LENGTH_LIMIT)));
        }
        return context.eviction(eviction())
                .highWaterPercent(Math.toIntExact(number(NodeSetting.HIGH_WATER, 1, 100)));
    }

    private Eviction eviction() {
        final String name = text(NodeSetting.EVICTION);
        for (final Eviction known : Eviction.values()) {
            if (StatCommand.settingOf(known).equals(name)) {
                return known;
            }
        }
        throw CommandFailure.usage(
                named(NodeSetting.EVICTION) + ": must be reject, soonest-expiry or oldest-write");
    }

    private long number(final NodeSetting setting, final long min, final long max) {
        try {
            final long number = Long.parseLong(text(setting).replace("_", ""));
            if (number >= min && number <= max) {
                return number;
            }
        } catch (final NumberFormatException ignore) {
            // said below
        }
        throw CommandFailure.usage(
                named(setting) + ": must be a whole number from " + min + " to " + max);
    }

    /**
     * The settings in force as a configuration file: what is set with its origin, the defaults
     * commented out.
     */
    String describe() {
        final StringBuilder text = new StringBuilder(HEADER);
        for (final NodeSetting setting : NodeSetting.values()) {
            text.append(wrapped(setting.description()));
            text.append("# option ").append(setting.option());
            if (!setting.isSwitch()) {
                text.append(' ').append(setting.label());
            }
            text.append(", default ").append(setting.defaultValue()).append('\n');
            if (has(setting)) {
                text.append("# set by ").append(origins.get(setting)).append('\n');
            }
            text.append(has(setting) ? "" : "#").append(setting.key()).append('=');
            text.append(text(setting).replace("\\", "\\\\")).append("\n\n");
        }
        return text.substring(0, text.length() - 1);
    }

    private static String wrapped(final String description) {
        final StringBuilder text = new StringBuilder();
        StringBuilder line = new StringBuilder("#");
        for (final String word : description.split(" ")) {
            if (line.length() + word.length() > 99) {
                text.append(line).append('\n');
                line = new StringBuilder("#");
            }
            line.append(' ').append(word);
        }
        return text.append(line).append('\n').toString();
    }

    /** Refuses a key that is given twice, of which the last would win without a word. */
    private static final class UniqueProperties extends Properties {
        private static final long serialVersionUID = 1L;

        private final transient Path file;

        UniqueProperties(final Path file) {
            this.file = file;
        }

        @Override
        public synchronized Object put(final Object key, final Object value) {
            if (containsKey(key)) {
                throw CommandFailure.usage(
                        "--config " + file + ": '" + key + "' is given twice; give it once");
            }
            return super.put(key, value);
        }
    }
}
