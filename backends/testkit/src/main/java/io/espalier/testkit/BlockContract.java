package io.espalier.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import io.espalier.core.Samplers;
import io.espalier.core.SearchSpace;
import io.espalier.core.SearchSpaces;
import io.espalier.core.rules.Rules;
import io.espalier.core.values.TracedModel;
import io.espalier.djl.DjlBackend;
import io.espalier.djl.DjlBlock;
import io.espalier.djl.DjlNetwork;
import io.espalier.djl.spi.BlockWidths;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.verify.Verification;
import io.espalier.onnx.verify.Verifier;
import io.espalier.onnx.verify.VerifyOptions;
import io.espalier.spi.DMRegistry;
import io.espalier.trace.GraphNode;
import io.espalier.trace.Layout;
import io.espalier.trace.SymMap;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What every {@link BlockWidths} has to keep. The author of a block extends this class and gives a
 * small network that holds one; JUnit runs the rest. It needs {@code espalier-backend-djl} and an
 * engine of DJL on the class path of the tests.
 *
 * <pre>{@code
 * class GatedTest extends BlockContract {
 *   @Override
 *   protected Class<? extends Block> type() {
 *     return Gated.class;
 *   }
 *
 *   @Override
 *   protected Block block(NDManager manager) {
 *     SequentialBlock block = new SequentialBlock().add(linear(16)).add(new Gated(12)).add(linear(5));
 *     block.initialize(manager, DataType.FLOAT32, new Shape(1, 8));
 *     return block;
 *   }
 * }
 * }</pre>
 */
public abstract class BlockContract {
  private static final int CONFIGS = 8;

  @TempDir private Path folder = Path.of("");

  private final NDManager manager = NDManager.newBaseManager();

  /** The class of blocks whose fields hold widths. */
  protected abstract Class<? extends Block> type();

  /**
   * A small network with a block of that class between two others, so that its widths are neither
   * inputs nor outputs of the network; initialized, with random parameters.
   *
   * @param manager what the parameters belong to
   */
  protected abstract Block block(NDManager manager);

  /** What random sub-networks are drawn from. */
  protected long seed() {
    return 0;
  }

  @AfterEach
  final void close() {
    manager.close();
  }

  private SearchSpace open() {
    ClassLoader loader = getClass().getClassLoader();
    return new SearchSpaces(Set.of(new DjlBackend()), DMRegistry.discover(loader))
        .generate(DjlNetwork.of(DjlBlock.of(block(manager)), loader), Rules.everything());
  }

  @Test
  final void itsWidthsAreSaidOnce() {
    long found =
        ServiceLoader.load(BlockWidths.class, getClass().getClassLoader()).stream()
            .filter(widths -> widths.get().type().equals(type()))
            .count();
    assertEquals(
        1,
        found,
        () ->
            "so many BlockWidths on the class path serve "
                + type().getName()
                + "; register one, by @AutoService for instance");
  }

  /** Some width of the block is free, and none is frozen since its fields do not fit. */
  @Test
  final void itsFieldsFitSmallerWidths() {
    SearchSpace space = open();
    List<String> refused =
        space.frozen().stream()
            .map(Object::toString)
            .filter(text -> text.contains(type().getName()))
            .toList();
    assertTrue(
        refused.isEmpty(),
        () -> "widths are frozen because of what the fields are set to: " + refused);
    assertTrue(
        isFree(space),
        () ->
            "no parameter of a "
                + type().getName()
                + " can get smaller; frozen is "
                + space.frozen());
  }

  private boolean isFree(SearchSpace space) {
    SymMap map = space.map().orElseThrow();
    DjlNetwork network = (DjlNetwork) space.model();
    for (GraphNode node : network.graph().nodes()) {
      boolean own = network.traced().owner(node.index()).filter(type()::isInstance).isPresent();
      for (int i = 0; own && i < node.inputs().size(); i++) {
        List<Layout> axes = map.input(node.index(), i);
        if (map.isUse(node.index(), i) && axes != null && axes.stream().anyMatch(Layout::isFree)) {
          return true;
        }
      }
    }
    return false;
  }

  /** The smallest network and random ones equal their masked originals. */
  @Test
  final void carvedBlocksComputeWhatTheMaskedOnesDo() {
    SearchSpace space = open();
    VerifyOptions options = VerifyOptions.defaults().withSeed(seed());
    Verifier verifier = new Verifier(onnx(space.model(), "original.onnx"), options);
    Random random = new Random(seed());
    boolean conclusive = false;
    for (int i = 0; i < CONFIGS && (i == 0 || space.isConfigurable()); i++) {
      space.sample(i == 0 ? Samplers.min() : Samplers.random(random));
      try (TracedModel carved = space.export()) {
        Verification verification =
            verifier.verify(onnx(carved, "carved" + i + ".onnx"), space.manifest());
        assertTrue(
            verification.passed(),
            () -> "a carved block is not what the masked one is: " + verification);
        conclusive |= verification.conclusive();
      }
    }
    assertTrue(conclusive, "no comparison shows anything, as the output is a constant");
  }

  private OnnxModel onnx(TracedModel network, String name) {
    Path file = folder.resolve(name);
    network.save(file);
    return OnnxModel.read(file);
  }
}
