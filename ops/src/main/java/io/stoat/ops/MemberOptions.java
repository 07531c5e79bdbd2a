package io.stoat.ops;

import io.stoat.replication.ClusterConfig;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import picocli.CommandLine.Option;

/**
 * Which member of which cluster {@code stoat node} is: of one that a file describes, of one that a
 * few options describe, or the only one of a node with a write-ahead log. What is described by
 * options is written to a file at the first start, for the commands that need one, and kept.
 */
final class MemberOptions {
    /** Configuration of a node with a write-ahead log, in its data directory. */
    static final String WAL_FILE = "cluster.properties";

    /** Configuration of a cluster that options describe, in the directory of its members. */
    static final String HOSTS_FILE = "members.properties";

    private static final int DEFAULT_PORT = 7500;

    /** What a member takes, and what the settings are called in a cluster's configuration. */
    private static final Map<NodeSetting, String> MEMBER_SETTINGS =
            Map.of(
                    NodeSetting.SHARDS, "shards",
                    NodeSetting.ENTRIES, "entries",
                    NodeSetting.VALUE_SIZE, "value-size",
                    NodeSetting.EVICTION, "eviction",
                    NodeSetting.HIGH_WATER, "high-water-percent");

    private static final List<NodeSetting> SERVER_SETTINGS =
            List.of(
                    NodeSetting.ENDPOINT,
                    NodeSetting.SESSIONS,
                    NodeSetting.READ_AGENTS,
                    NodeSetting.WRITE_AGENTS);

    @Option(
            names = "--cluster",
            paramLabel = "FILE",
            description = {
                "Run as a member of the cluster that FILE describes, the same file on every host; of the other",
                "options --member, --groups, --token-file, --threads, --force and --slow-cycle-us apply. See docs/REPLICATION.md."
            })
    private Path cluster;

    @Option(
            names = "--hosts",
            paramLabel = "A,B,C",
            description = {
                "Run as a member of the cluster of these hosts, without a file: with --member and --dir, and --port, --groups,",
                "--shards, --entries, --value-size, --eviction, --high-water and --token-file as wanted, the same on every host.",
                "Clients then get the file "
                        + HOSTS_FILE
                        + " in --dir, which is written at the first start."
            })
    private String hosts;

    @Option(
            names = "--member",
            paramLabel = "N",
            description = "Number of the member, from 0, in the order of the hosts.")
    private Integer member;

    @Option(
            names = "--port",
            paramLabel = "N",
            description =
                    "With --hosts or --wal: first UDP port of the members (default: "
                            + DEFAULT_PORT
                            + ").")
    private Integer port;

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            description = "With --hosts: directory of the members, log and shards.")
    private Path dir;

    @Option(
            names = "--groups",
            paramLabel = "N",
            description = {
                "With --cluster, --hosts or --wal: independent groups over which the shards are spread, each with a log and a",
                "leader; the same on every member; wins over the groups of --cluster FILE."
            })
    private Integer groups;

    @Option(
            names = "--wal",
            description = {
                "Keep a write-ahead log: run as the only member of a cluster, whose configuration is written to",
                WAL_FILE + " in --data-dir at the first start."
            })
    private boolean wal;

    /**
     * Whether the node is a member of a cluster; options that only mean something to one are
     * refused without it.
     */
    boolean isMember() {
        if (wal || cluster != null || hosts != null) {
            return true;
        }
        refuse("--member", member, "give --cluster FILE or --hosts A,B,C too");
        refuse("--groups", groups, "give --cluster FILE, --hosts A,B,C or --wal too");
        refuse("--port", port, "give --hosts A,B,C or --wal too; a plain node has --endpoint");
        refuse("--dir", dir, "give --hosts A,B,C too; a plain node has --data-dir");
        return false;
    }

    private static void refuse(final String option, final Object value, final String mend) {
        if (value != null) {
            throw CommandFailure.usage(option + "=" + value + " means nothing here: " + mend);
        }
    }

    /** Number of the member. */
    int number() {
        return wal ? 0 : member;
    }

    /** The file that describes the cluster. */
    Path file(final NodeConfig node) {
        if (cluster != null) {
            return cluster;
        }
        return wal
                ? node.dataDir().toAbsolutePath().resolve(WAL_FILE)
                : dir.toAbsolutePath().resolve(HOSTS_FILE);
    }

    /** What makes another command reach the cluster. */
    String place(final NodeConfig node) {
        return wal ? "--data-dir " + node.dataDir().toAbsolutePath() : "--cluster " + file(node);
    }

    /**
     * The cluster.
     *
     * @throws CommandFailure naming an option that does not go with the others, or that is not what
     *     the file of the first start says.
     */
    ClusterConfig configuration(final NodeConfig node) {
        if ((wal ? 1 : 0) + (cluster == null ? 0 : 1) + (hosts == null ? 0 : 1) != 1) {
            throw CommandFailure.usage("give one of --cluster FILE, --hosts A,B,C and --wal");
        }
        for (final NodeSetting setting : SERVER_SETTINGS) {
            refuse(
                    node,
                    setting,
                    "a member is reached through its cluster's ports and its shared memory alone");
        }
        return cluster == null ? described(node) : ofFile(node);
    }

    private void refuse(final NodeConfig node, final NodeSetting setting, final String reason) {
        if (node.has(setting)) {
            throw CommandFailure.usage(
                    node.named(setting) + " means nothing to a member: " + reason);
        }
    }

    private ClusterConfig ofFile(final NodeConfig node) {
        requireMember();
        final String reason = "set it in " + cluster + ", the same on every host";
        for (final NodeSetting setting : NodeSetting.values()) {
            if (setting == NodeSetting.DATA_DIR || MEMBER_SETTINGS.containsKey(setting)) {
                refuse(node, setting, reason);
            }
        }
        refuse("--port", port, reason);
        refuse("--dir", dir, reason);
        final Map<String, String> overrides = new LinkedHashMap<>();
        if (groups != null) {
            overrides.put("groups", groups.toString());
        }
        if (node.tokenFile() != null) {
            overrides.put("token-file", node.tokenFile().toString());
        }
        return ClusterConfig.read(cluster, overrides);
    }

    private void requireMember() {
        if (member == null) {
            throw CommandFailure.usage(
                    "--member N is missing: the number of this host's member, from 0");
        }
    }

    private ClusterConfig described(final NodeConfig node) {
        if (wal) {
            refuse("--member", member, "a node with --wal is the only member");
            refuse("--dir", dir, "--wal takes --data-dir");
        } else {
            requireMember();
            if (dir == null) {
                throw CommandFailure.usage("--dir DIR is missing: where the members keep all");
            }
            refuse(node, NodeSetting.DATA_DIR, "the shards are in --dir");
        }
        final Path file = file(node);
        try {
            if (Files.exists(file)) {
                requireSame(file, given(node));
            } else {
                write(file, node);
            }
        } catch (final IOException ex) {
            throw CommandFailure.failed("cannot read or write " + file + ": " + ex.getMessage());
        }
        return ClusterConfig.read(file);
    }

    /** What the options say, by the keys of a cluster's configuration. */
    private Map<String, String> given(final NodeConfig node) {
        final Map<String, String> given = new LinkedHashMap<>();
        put(given, "hosts", hosts);
        put(given, "port", port);
        put(given, "groups", groups);
        MEMBER_SETTINGS.forEach(
                (setting, key) -> {
                    if (node.has(setting)) {
                        given.put(key, node.text(setting).replace("_", ""));
                    }
                });
        if (node.tokenFile() != null) {
            given.put("token-file", node.tokenFile().toAbsolutePath().toString());
        }
        return given;
    }

    private static void put(
            final Map<String, String> settings, final String key, final Object value) {
        if (value != null) {
            settings.put(key, value.toString());
        }
    }

    /** Nothing is kept of what cannot be started. */
    private void write(final Path file, final NodeConfig node) throws IOException {
        final Map<String, String> settings = new LinkedHashMap<>();
        settings.put("dir", file.getParent().toString());
        settings.put("shards", Integer.toString(node.storeContext().shardCount()));
        settings.put("entries", Long.toString(node.storeContext().entries()));
        settings.put("value-size", Integer.toString(node.storeContext().maxValueLength()));
        settings.putAll(given(node));
        final Properties properties = new Properties();
        properties.putAll(settings);
        MemberPorts.requireFree(ClusterConfig.of(properties), number(), "give --port");
        Files.createDirectories(file.getParent());
        final Path part = Files.createTempFile(file.getParent(), "members", ".part");
        Files.write(
                part,
                settings.entrySet().stream()
                        .map(setting -> setting.getKey() + "=" + setting.getValue())
                        .toList());
        // another member of this host may read it already: never half of it
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private static void requireSame(final Path file, final Map<String, String> given)
            throws IOException {
        final Properties kept = new Properties();
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            kept.load(reader);
        }
        given.forEach(
                (key, value) -> {
                    final String known =
                            kept.getProperty(key, defaultOf(key)).trim().replace("_", "");
                    if (!known.equals(value)) {
                        throw CommandFailure.usage(
                                key
                                        + "="
                                        + value
                                        + ": "
                                        + file
                                        + ", kept since the first start, says "
                                        + key
                                        + "="
                                        + known
                                        + ": leave the option out, or change the file while no"
                                        + " member runs (for more entries: after stoat grow)");
                    }
                });
    }

    private static String defaultOf(final String key) {
        return switch (key) {
            case "hosts" -> "127.0.0.1";
            case "port" -> Integer.toString(DEFAULT_PORT);
            case "groups" -> "1";
            case "token-file" -> "";
            default ->
                    MEMBER_SETTINGS.entrySet().stream()
                            .filter(setting -> setting.getValue().equals(key))
                            .map(setting -> setting.getKey().defaultValue())
                            .findFirst()
                            .orElseThrow();
        };
    }
}
