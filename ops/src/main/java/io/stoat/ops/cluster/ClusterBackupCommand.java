package io.stoat.ops.cluster;

import io.stoat.ops.CommandFailure;
import io.stoat.replication.ClusterConfig;
import io.stoat.replication.MemberBackup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.agrona.IoUtil;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code stoat cluster backup}: fetches snapshot and log from the leader. */
@Command(
        name = "backup",
        description = {
            "Fetch the last snapshot, and the log since then, from the leader into a new directory.",
            "To restore: put what is in it into the directory of member 0 of a new cluster (dir/g0-m0 of a",
            "configuration with one host), start that member, then take a backup of it for each of the others.",
            "With several groups DIR gets a directory gG for each, which goes into dir/gG-m0."
        })
final class ClusterBackupCommand implements Callable<Integer> {
    @Parameters(paramLabel = "DIR", description = "New directory for the backup.")
    private Path directory;

    @ParentCommand private ClusterCommand parent;
    @Spec private CommandSpec spec;

    @Override
    public Integer call() {
        final ClusterConfig config = parent.config();
        if (Files.exists(directory)) {
            throw CommandFailure.usage(directory + " exists: give a new directory");
        }
        for (final LocalMembers members : parent.groups(config)) {
            fetch(config, members);
        }
        return 0;
    }

    /** Half of a backup is none: what came before a failure is removed, too. */
    private void fetch(final ClusterConfig config, final LocalMembers members) {
        final Path target =
                config.groups() == 1 ? directory : directory.resolve("g" + members.group());
        try {
            final long position = MemberBackup.fetch(config, members.group(), target);
            spec.commandLine()
                    .getOut()
                    .println(
                            members.name() + "backup in " + target + " up to position " + position);
        } catch (final RuntimeException ex) {
            IoUtil.delete(directory.toFile(), true);
            throw ex;
        }
    }
}
