package io.espalier.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.stream.Collectors.toSet;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import io.espalier.core.BackendModule;
import io.espalier.core.EspalierModule;
import io.espalier.core.SearchSpace;
import io.espalier.djl.DjlBlock;
import io.espalier.spi.DynamicModule;
import io.espalier.spi.EspalierException;
import io.espalier.spi.ImportanceCriterion;
import io.espalier.spi.OperatorRule;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Which parts may know which others. */
@AnalyzeClasses(packages = "io.espalier", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  private static final String SPI = "io.espalier.spi..";
  private static final String TRACE = "io.espalier.trace..";
  private static final String MODULES = "io.espalier.modules..";
  private static final String CORE = "io.espalier.core..";
  private static final String ONNX = "io.espalier.onnx..";
  private static final String DJL = "io.espalier.djl..";
  private static final String TESTKIT = "io.espalier.testkit..";
  private static final String TRAINING = "io.espalier.training..";

  /** The JDK, and annotations that nobody needs at run time. */
  private static final List<String> NOTHING =
      List.of("java..", "org.jspecify.annotations", "com.google.auto.service");

  private static ArchRule seesOnly(String from, String... to) {
    TreeSet<String> allowed = new TreeSet<>(NOTHING);
    allowed.add(from);
    allowed.addAll(List.of(to));
    return classes()
        .that()
        .resideInAPackage(from)
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(allowed.toArray(String[]::new));
  }

  private static String corePackage(String room) {
    return "io.espalier.core" + (room.isEmpty() ? "" : "." + room);
  }

  /** Of the packages of core, one may see itself and those below it. */
  private static ArchRule coreSeesOnly(String from, String... below) {
    Set<String> seen = new TreeSet<>(List.of(below));
    seen.add(from);
    Set<String> allowed = seen.stream().map(ArchitectureTest::corePackage).collect(toSet());
    return noClasses()
        .that()
        .resideInAPackage(corePackage(from))
        .should()
        .dependOnClassesThat(
            DescribedPredicate.describe(
                "stand in another package of core than " + allowed,
                type ->
                    type.getPackageName().startsWith("io.espalier.core")
                        && !allowed.contains(type.getPackageName())));
  }

  private static final class PackagesOfCore implements SliceAssignment {
    @Override
    public SliceIdentifier getIdentifierOf(JavaClass type) {
      return type.getPackageName().startsWith("io.espalier.core")
          ? SliceIdentifier.of(type.getPackageName())
          : SliceIdentifier.ignore();
    }

    @Override
    public String getDescription() {
      return "packages of core";
    }
  }

  @ArchTest static final ArchRule THE_SPI_NEEDS_THE_JDK_ALONE = seesOnly(SPI);

  @ArchTest static final ArchRule TRACE_SEES_THE_SPI = seesOnly(TRACE, SPI);

  @ArchTest static final ArchRule BUILT_INS_ARE_STRANGERS = seesOnly(MODULES, SPI, "org.ejml..");

  @ArchTest
  static final ArchRule CORE_SEES_NO_BACKEND =
      seesOnly(
          CORE,
          TRACE,
          SPI,
          "com.google.inject..",
          "jakarta.inject..",
          "com.fasterxml.jackson..",
          "org.ejml..",
          "io.jenetics..",
          "javax.imageio..",
          "org.slf4j..");

  @ArchTest static final ArchRule VALUES_SEE_NO_OTHER_PART_OF_CORE = coreSeesOnly("values");

  @ArchTest static final ArchRule RULES_SEE_VALUES = coreSeesOnly("rules", "values");

  @ArchTest
  static final ArchRule STRUCTURE_SEES_WHAT_IS_BELOW = coreSeesOnly("structure", "values", "rules");

  @ArchTest
  static final ArchRule A_SPACE_SEES_WHAT_IS_BELOW =
      coreSeesOnly("space", "values", "rules", "structure");

  @ArchTest
  static final ArchRule IMPORTANCE_SEES_WHAT_IS_BELOW =
      coreSeesOnly("importance", "values", "rules", "structure", "space");

  @ArchTest
  static final ArchRule COSTS_SEE_WHAT_IS_BELOW =
      coreSeesOnly("cost", "values", "rules", "structure", "space", "importance");

  @ArchTest
  static final ArchRule CHECKS_SEE_WHAT_THEY_CHECK = coreSeesOnly("checks", "values", "space");

  @ArchTest
  static final ArchRule THE_FACADE_SEES_NOTHING_ABOVE =
      coreSeesOnly("", "values", "rules", "structure", "space", "importance", "cost", "checks");

  @ArchTest
  static final ArchRule SEARCH_SEES_THE_FACADE =
      coreSeesOnly("search", "values", "rules", "", "cost", "data", "moments", "calibration");

  @ArchTest
  static final ArchRule LATENCY_SEES_SEARCH =
      coreSeesOnly("latency", "values", "", "cost", "data", "search");

  @ArchTest static final ArchRule MOMENTS_SEE_VALUES = coreSeesOnly("moments", "values", "data");

  @ArchTest
  static final ArchRule CALIBRATION_SEES_MOMENTS =
      coreSeesOnly("calibration", "values", "data", "moments");

  @ArchTest
  static final ArchRule LOSSLESS_SEES_CALIBRATION =
      coreSeesOnly("lossless", "values", "data", "moments", "calibration");

  @ArchTest
  static final ArchRule ROTATION_SEES_CALIBRATION =
      coreSeesOnly("rotation", "values", "data", "moments", "calibration");

  @ArchTest
  static final ArchRule COMPENSATION_SEES_CALIBRATION =
      coreSeesOnly("compensation", "values", "data", "moments", "calibration");

  @ArchTest
  static final ArchRule VOCABULARY_SEES_DATA =
      coreSeesOnly("vocabulary", "values", "", "data", "moments");

  @ArchTest
  static final ArchRule PRUNING_SEES_ALL =
      coreSeesOnly(
          "pruning",
          "values",
          "rules",
          "checks",
          "",
          "cost",
          "search",
          "data",
          "moments",
          "calibration",
          "lossless",
          "rotation",
          "compensation");

  @ArchTest static final ArchRule DATA_SEE_VALUES = coreSeesOnly("data", "values", "rules");

  @ArchTest
  static final ArchRule PACKAGES_OF_CORE_ARE_FREE_OF_CYCLES =
      slices().assignedFrom(new PackagesOfCore()).should().beFreeOfCycles();

  /**
   * What a user can cause can be caught by one name. A check that fails is a bug of ours or of a
   * plugin; what cannot be traced is caught by the tracer, and thrown again as a TraceException.
   */
  @ArchTest
  static final ArchRule WHAT_USERS_CAUSE_IS_AN_ESPALIER_EXCEPTION =
      classes()
          .that()
          .areAssignableTo(Throwable.class)
          .and()
          .arePublic()
          .and()
          .resideInAnyPackage(SPI, TRACE, MODULES, CORE, ONNX, DJL)
          .and()
          .doNotHaveSimpleName("CheckException")
          .and()
          .doNotHaveSimpleName("Untraceable")
          .should()
          .beAssignableTo(EspalierException.class);

  @ArchTest
  static final ArchRule ROOMS_ARE_INTERNAL =
      noClasses()
          .that()
          .resideOutsideOfPackage(CORE)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              corePackage("structure"),
              corePackage("space"),
              corePackage("importance"),
              corePackage("checks"));

  @ArchTest
  static final ArchRule ONLY_EXAMPLES_AND_THE_TESTKIT_SEE_A_BACKEND =
      noClasses()
          .that()
          .resideInAnyPackage(SPI, TRACE, MODULES, CORE)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(ONNX, DJL, TESTKIT, "io.espalier.cli..");

  @ArchTest
  static final ArchRule BACKENDS_SEE_NEITHER_ONE_ANOTHER_NOR_THE_EXAMPLES =
      noClasses()
          .that()
          .resideInAPackage(ONNX)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(DJL, TESTKIT, "io.espalier.cli..", "io.espalier.benchmarks..");

  @ArchTest
  static final ArchRule THE_DJL_BACKEND_SEES_NO_OTHER =
      noClasses()
          .that()
          .resideInAPackage(DJL)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(ONNX, TESTKIT, "io.espalier.cli..", "io.espalier.benchmarks..");

  @ArchTest
  static final ArchRule NOBODY_NAMES_A_BUILT_IN =
      noClasses()
          .that()
          .resideOutsideOfPackage(MODULES)
          .should()
          .dependOnClassesThat()
          .resideInAPackage(MODULES);

  @ArchTest
  static final ArchRule ONLY_THE_ONNX_BACKEND_KNOWS_THE_RUNTIME =
      noClasses()
          .that()
          .resideOutsideOfPackage(ONNX)
          .should()
          .dependOnClassesThat()
          .resideInAPackage("ai.onnxruntime..");

  @ArchTest
  static final ArchRule ONLY_WHAT_WRITES_ONNX_KNOWS_PROTOBUF =
      noClasses()
          .that()
          .resideOutsideOfPackages(ONNX, "io.espalier.djl.export..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("ai.onnx..", "com.google.protobuf..");

  @ArchTest
  static final ArchRule ONLY_THE_COMMAND_LINE_KNOWS_HTML =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.espalier.cli..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.jsoup..");

  @ArchTest
  static final ArchRule ONLY_THE_DJL_BACKEND_KNOWS_DJL =
      noClasses()
          .that()
          .resideOutsideOfPackages(DJL, TRAINING, TESTKIT, "io.espalier.cli..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("ai.djl..");

  @ArchTest
  static final ArchRule GUICE_STAYS_AT_THE_EDGE =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.espalier.cli..")
          .and()
          .doNotBelongToAnyOf(EspalierModule.class, BackendModule.class)
          .and()
          .areNotAssignableTo(BackendModule.class)
          .should()
          .dependOnClassesThat()
          .resideInAPackage("com.google.inject..");

  @ArchTest
  static final ArchRule LIBRARIES_DO_NOT_EXIT =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.espalier.cli..")
          .should()
          .callMethod(System.class, "exit", int.class);

  /** A space prints its summary to standard output if it is told to. */
  @ArchTest
  static final ArchRule LIBRARIES_DO_NOT_PRINT =
      noClasses()
          .that()
          .resideOutsideOfPackages("io.espalier.cli..", TRAINING)
          .and()
          .doNotBelongToAnyOf(SearchSpace.class)
          .should()
          .accessField(System.class, "out")
          .orShould()
          .accessField(System.class, "err")
          .orShould()
          .callMethod(Throwable.class, "printStackTrace");

  @Test
  void everyBuiltInIsFoundAsAStrangerIs() {
    JavaClasses builtIns =
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.espalier.modules");
    for (Class<?> role :
        List.of(OperatorRule.class, DynamicModule.class, ImportanceCriterion.class)) {
      Set<String> written =
          builtIns.that(isConcrete(role)).stream()
              .map(JavaClass::getName)
              .collect(Collectors.toCollection(TreeSet::new));
      Set<String> found =
          ServiceLoader.load(role).stream()
              .map(provider -> provider.type().getName())
              .filter(name -> name.startsWith("io.espalier.modules."))
              .collect(Collectors.toCollection(TreeSet::new));
      assertTrue(!written.isEmpty(), role.getName());
      assertEquals(written, found);
    }
  }

  private static DescribedPredicate<JavaClass> isConcrete(Class<?> role) {
    return JavaClass.Predicates.assignableTo(role)
        .and(
            DescribedPredicate.describe(
                "is concrete", type -> !type.getModifiers().contains(JavaModifier.ABSTRACT)));
  }

  /** The packages of the DJL backend, from below; each knows only those before it. */
  private static final List<String> DJL_ROOMS =
      Stream.of(
              ".spi",
              ".trace.values",
              ".trace.blocks",
              ".trace.tape",
              ".trace.session",
              ".trace.methods",
              ".trace.graph",
              ".trace",
              ".export",
              ".widths",
              ".carve",
              ".calibrate",
              ".load",
              "",
              ".elastic",
              ".training")
          .map(room -> "io.espalier.djl" + room)
          .toList();

  /** What is fed to a block stands beside the facade, but is a value that all packages know. */
  private static int djlRoom(JavaClass type) {
    return type.isEquivalentTo(DjlBlock.class) || type.isEquivalentTo(DjlBlock.Input.class)
        ? 0
        : DJL_ROOMS.indexOf(type.getPackageName());
  }

  @ArchTest
  static final ArchRule ROOMS_OF_THE_DJL_BACKEND_KNOW_THOSE_BELOW =
      classes()
          .that()
          .resideInAPackage(DJL)
          .should(
              new ArchCondition<JavaClass>("know only the packages before their own in the list") {
                @Override
                public void check(JavaClass type, ConditionEvents events) {
                  if (djlRoom(type) < 0) {
                    String message = type.getName() + " is in no package of the list";
                    events.add(SimpleConditionEvent.violated(type, message));
                  }
                  for (Dependency arrow : type.getDirectDependenciesFromSelf()) {
                    if (djlRoom(arrow.getTargetClass()) > djlRoom(type)) {
                      events.add(SimpleConditionEvent.violated(arrow, arrow.getDescription()));
                    }
                  }
                }
              });
}
