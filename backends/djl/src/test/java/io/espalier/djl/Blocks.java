package io.espalier.djl;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.basicmodelzoo.basic.Mlp;
import ai.djl.basicmodelzoo.cv.classification.AlexNet;
import ai.djl.basicmodelzoo.cv.classification.LeNet;
import ai.djl.basicmodelzoo.cv.classification.MobileNetV2;
import ai.djl.basicmodelzoo.cv.classification.ResNetV1;
import ai.djl.basicmodelzoo.cv.classification.SqueezeNet;
import ai.djl.basicmodelzoo.cv.classification.VGG;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.Dropout;
import ai.djl.nn.recurrent.LSTM;
import ai.djl.nn.transformer.BertBlock;
import ai.djl.nn.transformer.TransformerEncoderBlock;
import ai.djl.training.ParameterStore;
import com.google.inject.Guice;
import io.espalier.core.EspalierModule;
import io.espalier.core.SearchSpaces;
import io.espalier.djl.trace.TracedBlock;
import io.espalier.trace.Dim;
import io.espalier.trace.Graph;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Blocks for tests, and what they compute. */
public final class Blocks {
  private Blocks() {}

  /** The search spaces of whatever is on the class path. */
  public static SearchSpaces spaces() {
    return Guice.createInjector(new EspalierModule()).getInstance(SearchSpaces.class);
  }

  /** A block that is initialized for these inputs. */
  public static DjlBlock initialized(NDManager manager, Block block, Shape... shapes) {
    block.initialize(manager, DataType.FLOAT32, shapes);
    return DjlBlock.of(block, shapes);
  }

  public static DjlBlock mlp(NDManager manager) {
    return initialized(manager, new Mlp(28 * 28, 10, new int[] {128, 64}), new Shape(1, 1, 28, 28));
  }

  public static DjlBlock leNet(NDManager manager) {
    return initialized(manager, LeNet.builder().build(), new Shape(1, 1, 28, 28));
  }

  public static DjlBlock resNet(NDManager manager, int layers, int size) {
    return initialized(
        manager,
        ResNetV1.builder()
            .setImageShape(new Shape(3, size, size))
            .setNumLayers(layers)
            .setOutSize(10)
            .build(),
        new Shape(1, 3, size, size));
  }

  public static DjlBlock mobileNet(NDManager manager) {
    return initialized(
        manager, MobileNetV2.builder().setOutSize(10).build(), new Shape(1, 3, 224, 224));
  }

  public static DjlBlock squeezeNet(NDManager manager) {
    return initialized(manager, SqueezeNet.squeezenet(10), new Shape(1, 3, 224, 224));
  }

  public static DjlBlock vgg(NDManager manager) {
    return initialized(manager, VGG.builder().build(), new Shape(1, 1, 32, 32));
  }

  public static DjlBlock alexNet(NDManager manager) {
    return initialized(manager, AlexNet.builder().build(), new Shape(1, 1, 224, 224));
  }

  /** Two encoder layers of 4 heads, over sequences of any length. */
  public static DjlBlock encoder(NDManager manager) {
    SequentialBlock block = new SequentialBlock();
    for (int i = 0; i < 2; i++) {
      block.add(new TransformerEncoderBlock(32, 4, 64, 0.1f, Activation::gelu));
    }
    block.initialize(manager, DataType.FLOAT32, new Shape(1, 6, 32));
    return DjlBlock.of(block, new Shape(-1, -1, 32));
  }

  /** Token ids, type ids and a mask in, sequence and pooled output out. */
  public static DjlBlock bert(NDManager manager) {
    BertBlock block =
        BertBlock.builder().nano().setTokenDictionarySize(50).optMaxSequenceLength(12).build();
    Shape[] shapes = {new Shape(1, 12), new Shape(1, 12), new Shape(1, 12)};
    block.initialize(manager, DataType.FLOAT32, shapes);
    return DjlBlock.of(block, shapes).types(DataType.INT64, DataType.INT64, DataType.INT64);
  }

  /** The last state of a sequence through two layers decides. */
  public static DjlBlock lstmClassifier(NDManager manager) {
    SequentialBlock block =
        new SequentialBlock()
            .add(LSTM.builder().setStateSize(24).setNumLayers(2).optDropRate(0).build())
            .addSingleton(x -> x.get(":,-1,:"))
            .add(Dropout.builder().build())
            .add(Linear.builder().setUnits(5).build());
    block.initialize(manager, DataType.FLOAT32, new Shape(1, 9, 16));
    return DjlBlock.of(block, new Shape(-1, 9, 16));
  }

  /** Inputs of a block where all open dimensions of one name have one length. */
  public static NDList feed(NDManager manager, DjlBlock source, long open) {
    NDList list = new NDList();
    for (DjlBlock.Input input : source.inputs()) {
      long[] dims = input.shape().getShape().clone();
      for (int i = 0; i < dims.length; i++) {
        dims[i] = dims[i] < 0 ? length(input.dims().get(i), open) : dims[i];
      }
      NDArray values =
          input.type().isFloating()
              ? manager.randomNormal(new Shape(dims))
              : manager.randomInteger(0, 2, new Shape(dims), input.type());
      list.add(values);
    }
    return list;
  }

  /** What the engine computes. */
  public static NDList run(NDManager manager, DjlBlock source, NDList inputs) {
    return source.block().forward(new ParameterStore(manager, false), inputs, false);
  }

  /** The length of an open dimension, of which the batch is the shortest. */
  private static long length(String name, long open) {
    return name.equals("batch") ? open : open + 3;
  }

  /**
   * Whether shapes are those that were traced; an open dimension that is none of an input may have
   * any length.
   */
  public static void assertShapes(List<Shape> expected, TracedBlock traced, long open) {
    Graph graph = traced.graph();
    List<Shape> shapes = new ArrayList<>();
    for (int i = 0; i < expected.size(); i++) {
      List<Dim> dims = Objects.requireNonNull(graph.tensor(graph.outputs().get(i)).declared());
      long[] lengths = new long[dims.size()];
      for (int axis = 0; axis < lengths.length; axis++) {
        Dim dim = dims.get(axis);
        boolean any = dim.isOpen() && dim.name().isEmpty();
        lengths[axis] = dim.isOpen() ? length(dim.name(), open) : dim.size();
        lengths[axis] = any ? expected.get(i).get(axis) : lengths[axis];
      }
      shapes.add(new Shape(lengths));
    }
    assertEquals(expected, shapes);
  }
}
