package io.stoat.ops;

import io.stoat.store.StoreContext;
import io.stoat.transport.ServerContext;
import java.util.Arrays;
import java.util.Optional;

/**
 * The settings of a node. Each is a key of the configuration file and, with two dashes before it,
 * an option of {@code stoat node}; the option wins.
 */
enum NodeSetting {
    DATA_DIR(
            "data-dir",
            "DIR",
            StoreOptions.DEFAULT_DATA_DIR,
            "Data directory, created if missing: on /dev/shm, or on a local disk."),
    ENDPOINT(
            "endpoint",
            "HOST:PORT",
            "127.0.0.1:7480",
            "UDP endpoint, beyond loopback only with token-file; off serves shared memory and IPC alone."),
    TOKEN_FILE(
            "token-file",
            "FILE",
            "none",
            "File of mode 0600 with one line, the secret that clients over IPC and UDP must bring."),
    SHARDS(
            "shards",
            "N",
            String.valueOf(StoreContext.DEFAULT_SHARD_COUNT),
            "Shards of a new data directory, 1 to 1000."),
    ENTRIES(
            "entries",
            "N",
            String.valueOf(StoreContext.DEFAULT_ENTRIES),
            "Entries that a new data directory must hold; their space is allocated at start."),
    VALUE_SIZE(
            "value-size",
            "BYTES",
            String.valueOf(StoreContext.DEFAULT_MAX_VALUE_LENGTH),
            "Longest value of a new data directory, bytes."),
    EVICTION(
            "eviction",
            "POLICY",
            "reject",
            "What a shard does above its high-water mark: reject (refuse when full), soonest-expiry or"
                    + " oldest-write (which entry goes)."),
    HIGH_WATER(
            "high-water",
            "PERCENT",
            String.valueOf(StoreContext.DEFAULT_HIGH_WATER_PERCENT),
            "Fill of a shard, by entries or by bytes, above which entries are evicted."),
    SESSIONS(
            "sessions",
            "N",
            String.valueOf(ServerContext.DEFAULT_MAX_SESSIONS),
            "Most clients at a time over IPC and UDP; one more is refused."),
    READ_AGENTS(
            "read-agents",
            "N",
            "plan",
            "Agents that answer reads; plan: as many as threads names, at least 1."),
    WRITE_AGENTS(
            "write-agents",
            "N",
            "plan",
            "Agents that own the shards between them; plan: as many as threads names, at least 1."),
    THREADS(
            "threads",
            "PLAN",
            "auto",
            "Which role runs on which CPU: auto (from the host's topology, beside other nodes), off (not"
                    + " pinned), or a line such as write-0=3,read-0=4,driver=5; ROLE+ROLE=CPU shares a"
                    + " thread, :spin, :yield or :backoff after the CPU says how it idles. Roles of a"
                    + " cluster's member: driver, archive, consensus, service; of group N driver-N, ..."),
    FORCE("force", null, "false", "Accept a thread plan that is refused otherwise: true or false."),
    SLOW_CYCLE_US(
            "slow-cycle-us",
            "MICROSECONDS",
            "1000",
            "A duty cycle longer than this is counted (stoat stat --threads), microseconds; a thread"
                    + " that backs off is allowed its sleep on top.");

    private final String key;
    private final String label;
    private final String defaultValue;
    private final String description;

    NodeSetting(
            final String key,
            final String label,
            final String defaultValue,
            final String description) {
        this.key = key;
        this.label = label;
        this.defaultValue = defaultValue;
        this.description = description;
    }

    static Optional<NodeSetting> ofKey(final String key) {
        return Arrays.stream(values()).filter(setting -> setting.key.equals(key)).findFirst();
    }

    String key() {
        return key;
    }

    String option() {
        return "--" + key;
    }

    /** What stands for the value in the help; null for a switch. */
    String label() {
        return label;
    }

    boolean isSwitch() {
        return label == null;
    }

    String defaultValue() {
        return defaultValue;
    }

    String description() {
        return description;
    }
}
