package io.espalier.modules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.espalier.spi.DMRegistry;
import io.espalier.spi.DynamicModule;
import io.espalier.spi.ImportanceCriterion;
import io.espalier.spi.OpId;
import io.espalier.spi.OperatorRule;
import java.io.IOException;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every rule and module enters as a stranger's does. */
class ServicesTest {
  private final DMRegistry registry = DMRegistry.discover(getClass().getClassLoader());

  @Test
  void everyClassThatPlaysARoleIsFound() throws Exception {
    Set<String> found = new TreeSet<>();
    for (Class<?> role :
        List.of(OperatorRule.class, DynamicModule.class, ImportanceCriterion.class)) {
      ServiceLoader.load(role).forEach(entry -> found.add(entry.getClass().getName()));
    }
    Set<String> written = new TreeSet<>();
    for (Class<?> type : classes()) {
      boolean plays =
          OperatorRule.class.isAssignableFrom(type)
              || DynamicModule.class.isAssignableFrom(type)
              || ImportanceCriterion.class.isAssignableFrom(type);
      if (plays && !Modifier.isAbstract(type.getModifiers())) {
        written.add(type.getName());
      }
    }

    assertEquals(written, found);
  }

  @Test
  void modulesHaveTheKeysOfTheReferenceAndTheirOwn() {
    assertEquals(
        Set.of(
            "blocks",
            "nn.BatchNorm1d",
            "nn.BatchNorm2d",
            "nn.BatchNorm3d",
            "nn.Conv1d",
            "nn.Conv2d",
            "nn.Conv3d",
            "nn.ConvTranspose1d",
            "nn.ConvTranspose2d",
            "nn.ConvTranspose3d",
            "nn.Embedding",
            "nn.GRU",
            "nn.GroupNorm",
            "nn.InstanceNorm1d",
            "nn.InstanceNorm2d",
            "nn.InstanceNorm3d",
            "nn.LSTM",
            "nn.LayerNorm",
            "nn.Linear",
            "nn.MultiheadAttention",
            "nn.RNN",
            "nn.Sequential",
            "nn.SyncBatchNorm"),
        registry.modules().keySet());
  }

  @Test
  void criteriaAreFound() {
    assertEquals(
        Set.of("batch_norm_scale", "fpgm", "group_norm", "l1", "l2", "lamp", "random"),
        registry.criteria().keySet());
  }

  @Test
  void operatorsOfConvolutionalNetworksHaveRules() {
    for (String operator :
        List.of(
            "Add",
            "Affine",
            "AveragePool",
            "BatchNormalization",
            "Clip",
            "Concat",
            "ConstantOfShape",
            "Conv",
            "ConvTranspose",
            "Crop",
            "Div",
            "Dropout",
            "Erf",
            "Exp",
            "Flatten",
            "Gemm",
            "GlobalAveragePool",
            "HardSigmoid",
            "Identity",
            "ImageScaler",
            "InstanceNormalization",
            "LogSoftmax",
            "MatMul",
            "MaxPool",
            "Mul",
            "Pad",
            "Pow",
            "ReduceMean",
            "Relu",
            "Reshape",
            "Sigmoid",
            "Slice",
            "Softmax",
            "Sqrt",
            "Sub",
            "Sum",
            "Tanh",
            "Transpose",
            "Unsqueeze")) {
      assertTrue(registry.rule(OpId.of(operator)).isPresent(), operator);
    }
  }

  private static List<Class<?>> classes()
      throws URISyntaxException, IOException, ClassNotFoundException {
    Path root =
        Path.of(
            io.espalier.modules.operators.ConvRule.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
    List<Class<?>> classes = new ArrayList<>();
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".class")).toList()) {
        String name = root.relativize(file).toString().replace('/', '.').replace('\\', '.');
        classes.add(Class.forName(name.substring(0, name.length() - ".class".length())));
      }
    }
    return classes;
  }
}
