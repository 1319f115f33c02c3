package io.espalier.djl.carve;

import ai.djl.nn.Block;
import ai.djl.nn.BlockList;
import ai.djl.nn.Blocks;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import io.espalier.core.values.Cut;
import io.espalier.djl.spi.BlockWidths;
import io.espalier.spi.EspalierException;
import io.espalier.spi.PluginException;
import io.espalier.trace.GraphNode;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** What a cut means for a block: slices of parameters, fields that change, blocks that go. */
public final class BlockCut {
  private final Network network;
  private final Cut cut;
  private final ParameterSlices slices;
  private final Set<Block> removed = Collections.newSetFromMap(new IdentityHashMap<>());
  private final IdentityHashMap<Block, Map<Field, Object>> fields = new IdentityHashMap<>();

  BlockCut(Network network, Cut cut) {
    this.network = network;
    this.cut = cut;
    this.slices = ParameterSlices.of(network, cut);
    remove();
    for (Block block : network.parts().blocks()) {
      resize(block);
    }
  }

  /** The slices of the parameters. */
  public ParameterSlices slices() {
    return slices;
  }

  /**
   * The block as it runs at this cut: it shares all parameters with the original, and needs a
   * parameter store that slices them.
   */
  public Block skeleton() {
    Block root = network.traced().source().block();
    List<Block> different = new ArrayList<>(fields.keySet());
    removed.forEach(block -> different.addAll(network.parts().holders(block)));
    return new BlockCopier(
            network.parts().around(different),
            removed,
            fields,
            parameter -> parameter,
            array -> array)
        .copy(root);
  }

  Network network() {
    return network;
  }

  Cut cut() {
    return cut;
  }

  Set<Block> removed() {
    return removed;
  }

  Map<Block, Map<Field, Object>> fields() {
    return fields;
  }

  /** Takes out the outermost blocks all of whose operators go. */
  private void remove() {
    BitSet gone = GoneNodes.of(network.traced().graph(), cut);
    BitSet left = (BitSet) gone.clone();
    Set<Block> inside = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Block block : left.isEmpty() ? List.<Block>of() : network.parts().blocks()) {
      BitSet nodes = network.nodesInside(block);
      if (!inside.contains(block) && !nodes.isEmpty() && nodes.stream().allMatch(gone::get)) {
        remove(block);
        inside.addAll(network.parts().inside(block));
        left.andNot(nodes);
      }
    }
    if (!left.isEmpty()) {
      GraphNode first = network.traced().graph().nodes().get(left.nextSetBit(0));
      throw new EspalierException(
          first.label() + " cannot be taken out, since what else its block computes has to stay");
    }
  }

  /**
   * Drops a block from the collections it stands in; elsewhere a sequence of none takes its place.
   */
  private void remove(Block block) {
    if (!network.parts().isFixed(block)) {
      removed.add(block);
    } else if (block instanceof SequentialBlock) {
      BlockList none = new BlockList();
      none.add("01LambdaBlock", Blocks.identityBlock());
      IdentityHashMap<Field, Object> values = new IdentityHashMap<>();
      new FieldValues(block, values).set("children", none);
      fields.put(block, values);
    } else {
      throw new EspalierException(
          "a block of class "
              + block.getClass().getName()
              + " cannot be taken out, since it stands in a field of the block around it; hold it"
              + " in a SequentialBlock or a list");
    }
  }

  private void resize(Block block) {
    network
        .registry()
        .find(block)
        .ifPresent(
            widths -> {
              IdentityHashMap<Field, Object> values = new IdentityHashMap<>();
              FieldValues into = new FieldValues(block, values);
              ask(widths, block, into);
              values
                  .entrySet()
                  .removeIf(
                      entry ->
                          Objects.equals(
                              InstanceFields.get(entry.getKey(), block), entry.getValue()));
              if (!values.isEmpty()) {
                fields.computeIfAbsent(block, key -> new IdentityHashMap<>()).putAll(values);
              }
            });
  }

  /** What an author of blocks says; where he did not think of something, it is his to mend. */
  private void ask(BlockWidths widths, Block block, FieldValues into) {
    try {
      widths.resize(new BlockView(this, block), into);
    } catch (EspalierException e) {
      throw e;
    } catch (RuntimeException | LinkageError e) {
      throw PluginException.of(widths, "block " + block.getClass().getName(), e);
    }
  }

  /** The part of a parameter's shape that is kept. */
  ai.djl.ndarray.types.Shape shape(Parameter parameter) {
    return slices
        .find(parameter)
        .map(ParameterSlice::shape)
        .orElseGet(() -> parameter.getArray().getShape());
  }
}
