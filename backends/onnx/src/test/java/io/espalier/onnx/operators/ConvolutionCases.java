package io.espalier.onnx.operators;

import static io.espalier.onnx.operators.OperatorCase.elastic;
import static io.espalier.onnx.operators.OperatorCase.frozen;
import static io.espalier.onnx.operators.Scene.list;
import static io.espalier.onnx.operators.Scene.with;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Convolutions, pools and what else works on images. */
final class ConvolutionCases {
  private ConvolutionCases() {}

  static List<OperatorCase> all() {
    List<OperatorCase> cases = new ArrayList<>();
    convolutions(cases);
    transposed(cases);
    pools(cases);
    sampled(cases);
    resized(cases);
    deformed(cases);
    return cases;
  }

  private static void deformed(List<OperatorCase> cases) {
    cases.add(
        elastic(
            "DeformConv",
            19,
            s ->
                s.op(
                    "DeformConv",
                    with("pads", list(1, 1, 1, 1)),
                    s.x(),
                    s.weights("w", 5, 16, 3, 3),
                    s.random(0, 0.3, 2, 18, 8, 8))));
    cases.add(
        elastic(
            "DeformConv",
            19,
            "groups of channels and of offsets",
            s ->
                s.op(
                    "DeformConv",
                    with("pads", list(1, 1, 1, 1), "group", 2, "offset_group", 4),
                    s.x(),
                    s.weights("w", 6, 8, 3, 3),
                    s.convolve("offsets", s.x(), 72, 16, 3, Scene.same(1)),
                    s.random(0, 0.3, 6),
                    s.op("Sigmoid", s.convolve("mask", s.x(), 36, 16, 3, Scene.same(1))))));
  }

  private static OperatorCase conv(
      String variant, int out, int in, int kernel, Map<String, Object> attributes) {
    return elastic(
        "Conv", 11, variant, s -> s.convolve("conv2", s.x(), out, in, kernel, attributes));
  }

  private static void convolutions(List<OperatorCase> cases) {
    cases.add(conv("uneven padding", 12, 16, 5, with("pads", list(1, 2, 3, 2))));
    cases.add(conv("dilated", 12, 16, 5, with("pads", list(4, 4, 4, 4), "dilations", list(2, 2))));
    cases.add(
        conv("same, in strides", 12, 16, 5, with("auto_pad", "SAME_LOWER", "strides", list(2, 2))));
    cases.add(conv("same, even kernel", 12, 16, 4, with("auto_pad", "SAME_UPPER")));
    cases.add(conv("without padding", 12, 16, 3, with("auto_pad", "VALID")));
    cases.add(conv("groups", 24, 4, 3, with("group", 4, "pads", list(1, 1, 1, 1))));
    cases.add(conv("depthwise", 16, 1, 3, with("group", 16, "pads", list(1, 1, 1, 1))));
    cases.add(conv("depth multiplier", 32, 1, 3, with("group", 16, "kernel_shape", list(3, 3))));
    cases.add(
        elastic(
            "Conv",
            22,
            "one dimension, random",
            s -> {
              int kernel = s.either(3, 5);
              long pad = s.between(0, 2);
              return s.op(
                  "Conv",
                  with("pads", list(pad, s.between(0, 2)), "strides", list(s.between(1, 3))),
                  s.reshape(s.x(), 0, 0, -1),
                  s.weights("conv2.weight", 12, 16, kernel));
            }));
    cases.add(
        elastic(
            "Conv",
            11,
            "three dimensions",
            s ->
                s.op(
                    "Conv",
                    with("pads", list(0, 1, 1, 0, 1, 1)),
                    s.reshape(s.x(), 0, 0, 4, 4, 4),
                    s.weights("conv2.weight", 7, 16, 1, 3, 3))));
    cases.add(
        elastic(
            "Conv",
            11,
            "groups of groups",
            s -> {
              String y = s.convolve("conv2", s.x(), 24, 4, 1, with("group", 4));
              return s.convolve("conv3", s.op("Relu", y), 16, 3, 1, with("group", 8));
            }));
    cases.add(
        elastic(
            "Conv", 13, "a kernel made of data", s -> s.op("Conv", s.within(0.5, 2), pooled(s))));
    cases.add(
        elastic(
            "Conv",
            11,
            "groups that do not nest",
            s -> {
              String y = s.convolve("conv2", s.x(), 24, 4, 1, with("group", 4));
              return s.convolve("conv3", s.op("Relu", y), 12, 4, 1, with("group", 6));
            }));
  }

  /**
   * What is not zero where a unit was cut has to be left out of the sum, as in a matrix product.
   */
  private static String pooled(Scene s) {
    return s.op("GlobalMaxPool", s.within(0.5, 2, s.other()));
  }

  private static OperatorCase transposed(
      String variant, int out, int kernel, Map<String, Object> attributes) {
    return elastic(
        "ConvTranspose",
        11,
        variant,
        s ->
            s.op(
                "ConvTranspose",
                attributes,
                s.x(),
                s.weights("up.weight", 16, out, kernel, kernel)));
  }

  private static void transposed(List<OperatorCase> cases) {
    cases.add(transposed("doubled", 6, 4, with("strides", list(2, 2), "pads", list(1, 1, 1, 1))));
    cases.add(
        transposed(
            "uneven padding",
            6,
            5,
            with("strides", list(2, 2), "pads", list(3, 2, 2, 3), "output_padding", list(1, 1))));
    cases.add(transposed("groups", 3, 2, with("group", 8)));
    cases.add(
        transposed(
            "output_shape", 3, 3, with("strides", list(2, 2), "output_shape", list(17, 17))));
    cases.add(transposed("same", 3, 3, with("strides", list(2, 2), "auto_pad", "SAME_UPPER")));
    cases.add(transposed("dilated", 4, 3, with("dilations", list(2, 2), "pads", list(2, 2, 2, 2))));
    cases.add(
        elastic(
            "ConvTranspose",
            13,
            "a kernel made of data",
            s -> s.op("ConvTranspose", s.within(0.5, 2), s.transpose(pooled(s), 1, 0, 2, 3))));
    cases.add(
        elastic(
            "ConvTranspose",
            22,
            "with a bias",
            s ->
                s.op(
                    "ConvTranspose",
                    with("kernel_shape", list(3, 3)),
                    s.x(),
                    s.weights("up.weight", 16, 4, 3, 3),
                    s.random(0, 0.5, 4))));
  }

  private static void pools(List<OperatorCase> cases) {
    for (String op : List.of("AveragePool", "LpPool", "MaxPool")) {
      cases.add(
          elastic(
              op,
              11,
              s -> {
                long pad = s.between(0, 1);
                return s.op(
                    op,
                    with(
                        "kernel_shape", s.several(2, 2, 3),
                        "strides", s.several(2, 1, 3),
                        "pads", list(pad, s.between(0, 1), s.between(0, 1), pad)),
                    s.x());
              }));
      cases.add(
          elastic(
              op,
              22,
              "ceil_mode, dilated",
              s ->
                  s.op(
                      op,
                      with(
                          "kernel_shape", list(2, 3),
                          "strides", list(3, 2),
                          "dilations", list(2, 1),
                          "ceil_mode", 1),
                      s.x())));
      cases.add(
          elastic(
              op,
              7,
              "same",
              s ->
                  s.op(
                      op,
                      with(
                          "kernel_shape", list(3, 2),
                          "strides", list(2, 1),
                          "auto_pad", s.between(0, 1) == 0 ? "SAME_UPPER" : "SAME_LOWER"),
                      s.x())));
    }
    cases.add(
        elastic(
            "AveragePool",
            17,
            "padding counts",
            s ->
                s.op(
                    "AveragePool",
                    with(
                        "kernel_shape", list(2, 2),
                        "strides", list(3, 3),
                        "pads", list(1, 1, 1, 1),
                        "count_include_pad", 1),
                    s.x())));
    for (String op : List.of("GlobalAveragePool", "GlobalLpPool", "GlobalMaxPool")) {
      cases.add(elastic(op, 13, s -> s.op(op, s.x())));
    }
    cases.add(
        elastic(
            "GlobalLpPool",
            18,
            "of another order",
            s -> s.op("GlobalLpPool", with("p", 3), s.x())));
    cases.add(
        frozen(
                "MaxPool",
                12,
                "the indices that the pool returns count its elements",
                s -> {
                  List<String> y = s.several("MaxPool", 2, with("kernel_shape", list(2, 2)), s.x());
                  return s.op("Add", y.get(0), s.asFloats(y.get(1)));
                })
            .called("indices"));
    cases.add(
        frozen(
            "MaxUnpool",
            11,
            "the indices that the pool returns count its elements",
            s -> {
              Map<String, Object> halved = with("kernel_shape", list(2, 2), "strides", list(2, 2));
              List<String> y = s.several("MaxPool", 2, halved, s.x());
              return s.op("MaxUnpool", halved, y.get(0), y.get(1));
            }));
  }

  private static void sampled(List<OperatorCase> cases) {
    for (int opset : new int[] {16, 20}) {
      cases.add(
          elastic(
              "GridSample",
              opset,
              s ->
                  s.op(
                      "GridSample",
                      with("align_corners", s.between(0, 1), "padding_mode", "border"),
                      s.x(),
                      s.random(0, 0.4, 2, 5, 3, 2))));
    }
    cases.add(
        elastic(
            "GridSample",
            20,
            "on an affine grid",
            s ->
                s.op(
                    "GridSample",
                    s.x(),
                    s.op("AffineGrid", s.random(0.5, 0.3, 2, 2, 3), s.ints(2, 16, 4, 6)))));
    for (int opset : new int[] {10, 16, 21}) {
      cases.add(
          elastic(
              "RoiAlign",
              opset,
              s ->
                  s.op(
                      "RoiAlign",
                      with("output_height", 3, "output_width", 2, "sampling_ratio", 2),
                      s.x(),
                      s.random(4, 2, 3, 4),
                      s.ints(1, 0, 1))));
    }
    cases.add(
        elastic(
            "MaxRoiPool",
            13,
            s ->
                s.op(
                    "MaxRoiPool",
                    with("pooled_shape", list(2, 3)),
                    s.x(),
                    s.op("Reshape", s.floatList(0, 1, 1, 6, 7, 1, 0, 2, 5, 5), s.ints(2, 5)))));
    cases.add(
        elastic(
            "Col2Im",
            18,
            s -> s.op("Col2Im", s.reshape(s.x(), 0, 16, 64), s.ints(9, 9), s.ints(2, 2))));
    cases.add(
        frozen(
            "ImageScaler",
            7,
            "the biases of its channels are an attribute",
            s -> s.op("ImageScaler", with("scale", 0.5f, "bias", new float[16]), s.x())));
    cases.add(elastic("Crop", 7, s -> s.op("Crop", with("border", list(1, 2, 1, 1)), s.x())));
    cases.add(
        elastic("CenterCropPad", 18, s -> s.op("CenterCropPad", s.x(), s.ints(2, 16, 5, 11))));
    cases.add(
        elastic(
            "CenterCropPad",
            18,
            "named axes",
            s -> s.op("CenterCropPad", with("axes", list(-1)), s.x(), s.ints(3))));
    cases.add(
        frozen(
                "CenterCropPad",
                18,
                "cropped or padded around its middle",
                s -> s.op("CenterCropPad", with("axes", list(1)), s.x(), s.ints(9)))
            .called("channels"));
  }

  private static void resized(List<OperatorCase> cases) {
    cases.add(
        elastic(
            "Upsample", 7, s -> s.op("Upsample", with("scales", new float[] {1, 1, 2, 3}), s.x())));
    cases.add(elastic("Upsample", 9, s -> s.op("Upsample", s.x(), s.floatList(1, 1, 2, 2))));
    cases.add(
        elastic(
            "Resize",
            10,
            s -> s.op("Resize", with("mode", "linear"), s.x(), s.floatList(1, 1, 2, 2))));
    for (int opset : new int[] {11, 13, 18, 19}) {
      cases.add(
          elastic(
              "Resize",
              opset,
              "by sizes",
              s ->
                  s.op(
                      "Resize",
                      with("mode", "linear"),
                      s.x(),
                      opset == 11 ? s.random(0, 0, 8) : "",
                      opset == 11 ? s.random(0, 0, 0) : "",
                      s.ints(2, 16, s.between(3, 12), s.between(3, 12)))));
      cases.add(
          elastic(
              "Resize",
              opset,
              "by scales",
              s ->
                  s.op(
                      "Resize",
                      with("mode", s.between(0, 1) == 0 ? "nearest" : "cubic"),
                      s.x(),
                      opset == 11 ? s.random(0, 0, 8) : "",
                      s.floatList(1, 1, 1.5f, 2))));
    }
    cases.add(
        elastic(
            "Resize",
            18,
            "named axes",
            s -> s.op("Resize", with("axes", list(3, 2)), s.x(), "", "", s.ints(5, 9))));
    cases.add(
        elastic(
            "Resize",
            13,
            "sizes from the shape",
            s -> {
              String front = s.op("Slice", s.op("Shape", s.x()), s.ints(0), s.ints(2));
              String sizes = s.op("Concat", with("axis", 0), front, s.ints(10, 10));
              return s.op("Resize", with("mode", "nearest"), s.x(), "", "", sizes);
            }));
    cases.add(
        frozen(
                "Resize",
                13,
                "it is interpolated to another size",
                s -> s.op("Resize", s.x(), "", "", s.ints(2, 24, 8, 8)))
            .called("channels"));
  }
}
