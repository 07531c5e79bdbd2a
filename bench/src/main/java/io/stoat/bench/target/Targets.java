package io.stoat.bench.target;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/** Every target by its name. */
public final class Targets {
    private static final Map<String, Target> ALL = new LinkedHashMap<>();

    static {
        for (final StoatTarget.Way way : StoatTarget.Way.values()) {
            add(new StoatTarget(way));
        }
        for (final ClusterTarget.Reads reads : ClusterTarget.Reads.values()) {
            add(new ClusterTarget(reads));
        }
        add(new ChronicleTarget());
        add(new LmdbTarget());
        add(new RocksTarget());
        add(new RedisTarget());
        add(new MemcachedTarget());
        add(new EtcdTarget());
        add(new AeronEchoTarget(false));
        add(new AeronEchoTarget(true));
        add(new FloorTarget(true));
        add(new FloorTarget(false));
    }

    private Targets() {}

    private static void add(final Target target) {
        ALL.put(target.name(), target);
    }

    /**
     * @return all of them: ways into Stoat, embedded peers, servers, floor.
     */
    public static Collection<Target> all() {
        return ALL.values();
    }

    /**
     * @param name of a target.
     * @return the target.
     * @throws IllegalArgumentException naming the known ones.
     */
    public static Target named(final String name) {
        final Target target = ALL.get(name);
        if (target == null) {
            throw new IllegalArgumentException(
                    "target "
                            + name
                            + " is unknown: use one of "
                            + String.join(", ", ALL.keySet()));
        }
        return target;
    }
}
