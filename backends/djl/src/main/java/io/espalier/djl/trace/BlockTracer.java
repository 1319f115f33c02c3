package io.espalier.djl.trace;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.espalier.djl.DjlBlock;
import io.espalier.djl.trace.blocks.BlockTree;
import io.espalier.djl.trace.graph.Assembler;
import io.espalier.djl.trace.graph.OpenSizes;
import io.espalier.djl.trace.methods.KnownMethods;
import io.espalier.djl.trace.session.Session;
import io.espalier.djl.trace.values.Untraceable;
import io.espalier.trace.TraceException;
import java.util.ArrayList;
import java.util.List;

/**
 * Traces blocks: runs the forward pass, as at inference, on arrays that record what is done to
 * them. Where dimensions are open it runs several times, at several lengths.
 */
public final class BlockTracer {
  private BlockTracer() {}

  /**
   * Traces a block. What cannot be traced becomes a node that freezes what it touches; its shapes
   * come from a run on real arrays, which is the only case that needs an engine.
   *
   * @throws TraceException if a parameter has no values, the block does not fit the inputs, or does
   *     different things at different lengths of open dimensions
   */
  public static TracedBlock trace(DjlBlock source) {
    BlockTree tree = new BlockTree(source.block());
    OpenSizes sizes = new OpenSizes(source, false);
    List<Session> runs = new ArrayList<>();
    runs.add(run(source, tree, sizes.shapes().get(0)));
    // what is run on real arrays is not to take long
    sizes = new OpenSizes(source, runs.get(0).isTraced());
    for (List<Shape> shapes : sizes.shapes().subList(1, sizes.shapes().size())) {
      runs.add(run(source, tree, shapes));
    }
    return new TracedBlock(source, new Assembler(source, tree, runs, sizes).assemble());
  }

  private static Session run(DjlBlock source, BlockTree tree, List<Shape> shapes) {
    Session session = new Session(KnownMethods.all(), tree);
    List<DataType> types = source.inputs().stream().map(DjlBlock.Input::type).toList();
    try {
      session.run(source.block(), shapes, types);
    } catch (Untraceable e) {
      throw new TraceException(
          "block "
              + source.block().getClass().getName()
              + " cannot be traced: it "
              + e.getMessage(),
          e);
    }
    return session;
  }
}
