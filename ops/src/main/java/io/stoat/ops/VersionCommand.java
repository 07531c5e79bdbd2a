package io.stoat.ops;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code stoat version}: this build and what it runs on. */
@Command(name = "version", description = "Show the versions of Stoat, its libraries and the JVM.")
final class VersionCommand implements Callable<Integer>, IVersionProvider {
    @Spec private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        for (final String line : getVersion()) {
            spec.commandLine().getOut().println(line);
        }
        return ExitCode.OK;
    }

    @Override
    public String[] getVersion() throws IOException {
        final Properties versions = new Properties();
        try (InputStream in =
                VersionCommand.class.getResourceAsStream("/stoat-version.properties")) {
            versions.load(in);
        }
        return new String[] {
            "stoat " + versions.getProperty("version"),
            "chronicle-map " + versions.getProperty("chronicle-map"),
            "aeron " + versions.getProperty("aeron"),
            "agrona " + versions.getProperty("agrona"),
            "java " + Runtime.version() + " (" + System.getProperty("java.vm.name") + ")"
        };
    }
}
