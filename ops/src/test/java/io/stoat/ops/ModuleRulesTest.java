package io.stoat.ops;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Who may import whom: the module rules of docs/ARCHITECTURE.md. */
class ModuleRulesTest {
    private static JavaClasses classes;

    @BeforeAll
    static void importClasses() {
        classes =
                new ClassFileImporter()
                        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                        .importPackages("io.stoat");
    }

    private static ArchRule mayNotUse(final String module, final String... packages) {
        return noClasses()
                .that()
                .resideInAPackage("io.stoat." + module + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(packages)
                .allowEmptyShould(true);
    }

    @Test
    void shouldCompareTokensInConstantTime() {
        classes()
                .that()
                .implement("io.aeron.security.Authenticator")
                .should()
                .callMethod(
                        java.security.MessageDigest.class, "isEqual", byte[].class, byte[].class)
                .check(classes);
        noClasses()
                .that()
                .implement("io.aeron.security.Authenticator")
                .should()
                .callMethod(java.util.Arrays.class, "equals", byte[].class, byte[].class)
                .orShould()
                .callMethod(String.class, "equals", Object.class)
                .check(classes);
    }

    @Test
    void shouldKeepLeavesApart() {
        mayNotUse(
                        "store",
                        "io.stoat.affinity..",
                        "io.stoat.transport..",
                        "io.stoat.replication..",
                        "io.stoat.bench..",
                        "io.stoat.ops..",
                        "io.aeron..")
                .check(classes);
        mayNotUse(
                        "affinity",
                        "io.stoat.store..",
                        "io.stoat.transport..",
                        "io.stoat.replication..",
                        "io.stoat.bench..",
                        "io.stoat.ops..",
                        "io.aeron..")
                .check(classes);
    }

    @Test
    void shouldOnlyDependDownwards() {
        mayNotUse(
                        "transport",
                        "io.stoat.affinity..",
                        "io.stoat.replication..",
                        "io.stoat.bench..",
                        "io.stoat.ops..")
                .check(classes);
        mayNotUse("replication", "io.stoat.affinity..", "io.stoat.bench..", "io.stoat.ops..")
                .check(classes);
        mayNotUse("bench", "io.stoat.ops..").check(classes);
    }

    @Test
    void shouldKeepChronicleInsideStore() {
        for (final String module : List.of("transport", "replication", "ops")) {
            mayNotUse(module, "net.openhft..").check(classes);
        }
    }

    @Test
    void shouldKeepAffinityToItsTwoLibraries() {
        classes()
                .that()
                .resideInAPackage("io.stoat.affinity..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "io.stoat.affinity..", "java..", "net.openhft.affinity", "org.agrona..")
                .check(classes);
    }

    @Test
    void shouldPinThreadsOnlyInAffinity() {
        for (final String module : List.of("store", "transport", "replication", "ops")) {
            mayNotUse(module, "net.openhft.affinity..").check(classes);
        }
    }

    @Test
    void shouldHaveMainOnlyInOpsAndBench() {
        methods()
                .that()
                .haveName("main")
                .and()
                .areStatic()
                .and()
                .arePublic()
                .should()
                .beDeclaredInClassesThat()
                .resideInAnyPackage("io.stoat.ops..", "io.stoat.bench..")
                .check(classes);
    }

    @Test
    void shouldPrintOnlyInOpsAndBench() {
        noClasses()
                .that()
                .resideOutsideOfPackages("io.stoat.ops..", "io.stoat.bench..")
                .should()
                .accessField(System.class, "out")
                .check(classes);
    }

    @Test
    void shouldHaveNoCyclesBetweenModules() {
        slices().matching("io.stoat.(*)..").should().beFreeOfCycles().check(classes);
    }

    @Test
    void shouldNoticeAViolation() {
        // ops does use store: a rule that forbids it must fail, or the rules above prove nothing
        assertThrows(
                AssertionError.class, () -> mayNotUse("ops", "io.stoat.store..").check(classes));
    }
}
