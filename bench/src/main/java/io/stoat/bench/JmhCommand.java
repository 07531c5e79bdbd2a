package io.stoat.bench;

import picocli.CommandLine.Command;

/** x */
@Command(name = "jmh")
public final class JmhCommand {}
