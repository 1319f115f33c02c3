package io.espalier.customblock;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import com.google.auto.service.AutoService;
import io.espalier.djl.spi.BlockWidths;
import io.espalier.djl.spi.CutBlock;
import io.espalier.djl.spi.Fields;
import io.espalier.testkit.BlockContract;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** The contract of blocks finds widths that fit no config. */
class WrongWidthsTest {
  /** A block that is right, whose widths are not. */
  static final class OtherField extends GatedDepthwise {
    OtherField() {
      super(12, 16);
    }

    /** Names a field that is not there. */
    @AutoService(BlockWidths.class)
    public static final class Widths implements BlockWidths {
      @Override
      public Class<? extends Block> type() {
        return OtherField.class;
      }

      @Override
      public void resize(CutBlock block, Fields fields) {
        fields.set("unit", block.shape("project").get(1));
      }
    }
  }

  /** A block that is right, whose widths are not. */
  static final class OtherAxis extends GatedDepthwise {
    OtherAxis() {
      super(12, 16);
    }

    /** Reads the number of units off the wrong axis. */
    @AutoService(BlockWidths.class)
    public static final class Widths implements BlockWidths {
      @Override
      public Class<? extends Block> type() {
        return OtherAxis.class;
      }

      @Override
      public void resize(CutBlock block, Fields fields) {
        fields.set("units", block.shape("expand").get(0)); // twice as many
        fields.set("out", block.shape("project").get(0));
      }
    }
  }

  /** A block that is right, whose widths are not. */
  static final class Thrower extends GatedDepthwise {
    Thrower() {
      super(12, 16);
    }

    /** Throws. */
    @AutoService(BlockWidths.class)
    public static final class Widths implements BlockWidths {
      @Override
      public Class<? extends Block> type() {
        return Thrower.class;
      }

      @Override
      public void resize(CutBlock block, Fields fields) {
        throw new IllegalStateException("not today");
      }
    }
  }

  /** Of one block between two others. */
  abstract static class Contract extends BlockContract {
    abstract Block own();

    @Override
    protected Class<? extends Block> type() {
      return own().getClass();
    }

    @Override
    protected Block block(NDManager manager) {
      return GatedDepthwiseContractTest.between(own(), manager);
    }
  }

  static final class OfOtherField extends Contract {
    @Override
    Block own() {
      return new OtherField();
    }
  }

  static final class OfOtherAxis extends Contract {
    @Override
    Block own() {
      return new OtherAxis();
    }
  }

  static final class OfThrower extends Contract {
    @Override
    Block own() {
      return new Thrower();
    }
  }

  /** What each test of a contract said; empty where it passed. */
  private static Map<String, String> run(Class<?> contract) {
    Map<String, String> results = new TreeMap<>();
    LauncherFactory.create()
        .execute(
            LauncherDiscoveryRequestBuilder.request().selectors(selectClass(contract)).build(),
            new TestExecutionListener() {
              @Override
              public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                if (test.isTest()) {
                  results.put(
                      test.getDisplayName().replace("()", ""),
                      result.getThrowable().map(Throwable::toString).orElse(""));
                }
              }
            });
    return results;
  }

  private static void assertFound(Class<?> contract, String message) {
    String said = run(contract).getOrDefault("itsFieldsFitSmallerWidths", "no such test");
    assertTrue(said.contains(message), said);
  }

  @Test
  void widthsThatAreRight() {
    Map<String, String> said = run(GatedDepthwiseContractTest.class);
    assertEquals(3, said.size());
    assertEquals(Set.of(""), Set.copyOf(said.values()));
  }

  @Test
  void aFieldThatIsNotThere() {
    assertFound(OfOtherField.class, "OtherField has no field \"unit\" to set");
  }

  @Test
  void aFieldOfAnotherValue() {
    assertFound(OfOtherAxis.class, "widths are frozen because of what the fields are set to: [");
  }

  @Test
  void widthsThatThrow() {
    assertFound(
        OfThrower.class,
        "Thrower$Widths in "
            + OfThrower.class.getProtectionDomain().getCodeSource().getLocation().getPath()
            + " failed on block ");
    assertFound(OfThrower.class, "IllegalStateException: not today");
  }
}
