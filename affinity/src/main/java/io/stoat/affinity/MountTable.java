package io.stoat.affinity;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Which file system is mounted where, from {@code proc/self/mountinfo}. */
final class MountTable {
    static final String SOURCE = "/proc/self/mountinfo";

    /** A mount point and the type of file system there, such as ext4. */
    record Mount(Path point, String type) {}

    private static final int POINT_FIELD = 4;
    private static final String SEPARATOR = " - ";

    private final List<Mount> mounts = new ArrayList<>();

    MountTable(final HostFiles files) {
        for (final String line : files.lines("proc/self/mountinfo")) {
            final int separator = line.indexOf(SEPARATOR);
            final String[] fields = line.split(" ");
            if (separator > 0 && fields.length > POINT_FIELD) {
                final String type = line.substring(separator + SEPARATOR.length()).split(" ")[0];
                try {
                    mounts.add(new Mount(Path.of(unescaped(fields[POINT_FIELD])), type));
                } catch (final InvalidPathException ignore) {
                    // no file of ours can be there
                }
            }
        }
    }

    /** The kernel writes blanks in octal. */
    private static String unescaped(final String text) {
        return text.replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\");
    }

    /**
     * The deepest mount that holds the absolute path; of several there, the last covers the rest.
     */
    Optional<Mount> holding(final Path path) {
        Mount best = null;
        for (final Mount mount : mounts) {
            if (path.startsWith(mount.point)
                    && (best == null || mount.point.getNameCount() >= best.point.getNameCount())) {
                best = mount;
            }
        }
        return Optional.ofNullable(best);
    }
}
