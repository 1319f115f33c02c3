package io.espalier.onnx.trace;

/**
 * What a node proposes to call its layer.
 *
 * @param text the name
 * @param origin where it comes from
 */
record LayerName(String text, Origin origin) {
  /** Where a name comes from, best first. */
  enum Origin {
    /** The name of a stored parameter. */
    PARAMETER,
    /** The module that the node says it belongs to. */
    SCOPE,
    /** The node's own name or type, which need not be that of a module. */
    NODE
  }

  boolean isOf(Origin other) {
    return origin == other;
  }

  /**
   * Whether another name is that of a parameter of a part of this module that has no node of its
   * own.
   */
  boolean isContinuedBy(LayerName other) {
    return other.text.length() > text.length()
        && other.text.charAt(text.length()) == '.'
        && other.text.startsWith(text);
  }

  /** The module that a stored parameter belongs to; empty if its name does not tell. */
  static String ofParameter(String parameter, String operator) {
    if (parameter.startsWith("onnx::") || parameter.startsWith("val_")) {
      return "";
    }
    String caffe = ofCaffe(parameter);
    if (!caffe.isEmpty()) {
      return caffe;
    }
    int dot = parameter.lastIndexOf('.');
    if (dot <= 0
        || isNumber(parameter, dot + 1)
        || parameter.indexOf('/') >= 0
        || parameter.indexOf(':') >= 0) {
      return "";
    }
    String module = parameter.substring(0, dot);
    int parametrization = module.indexOf(".parametrizations.");
    if (parametrization > 0) {
      return module.substring(0, parametrization);
    }
    // some builders name weights "q_proj.MatMul.weight"
    int rest = module.length() - operator.length() - 1;
    return rest > 0 && module.charAt(rest) == '.' && module.endsWith(operator)
        ? module.substring(0, rest)
        : module;
  }

  /**
   * {@code gpu_0/res2_branch1_w_0} is {@code res2_branch1}, {@code fire2/squeeze_b_0} {@code
   * fire2.squeeze}.
   */
  private static String ofCaffe(String parameter) {
    if (!parameter.endsWith("_0")) {
      return "";
    }
    int end = parameter.lastIndexOf('_', parameter.length() - 3);
    if (end <= 0) {
      return "";
    }
    return switch (parameter.substring(end + 1, parameter.length() - 2)) {
      case "w", "b", "s", "rm", "riv" -> {
        int start = parameter.startsWith("gpu_0/") ? "gpu_0/".length() : 0;
        yield start < end ? parameter.substring(start, end).replace('/', '.') : "";
      }
      default -> "";
    };
  }

  /**
   * {@code conv1_W} is {@code conv1}, {@code pos_embedding} itself; empty for what a program made
   * up.
   */
  static String ofPlainParameter(String parameter) {
    if (!isName(parameter) || parameter.startsWith("val_")) {
      return "";
    }
    int underscore = parameter.lastIndexOf('_');
    if (underscore > 0) {
      String end = parameter.substring(underscore + 1);
      if (end.equals("W") || end.equals("B") || end.equals("w") || end.equals("b")) {
        return parameter.substring(0, underscore);
      }
    }
    return parameter;
  }

  /** Whether a text could be a name that a person gave: {@code conv1}, but not {@code n12}. */
  static boolean isName(String text) {
    int letters = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '/' || c == ':' || c <= ' ') {
        return false;
      }
      letters += Character.isLetter(c) ? 1 : 0;
    }
    return letters > 1;
  }

  /** Whether a scope is that of a later call of a module: {@code fc_1} of {@code fc}. */
  static boolean isRepeat(String scope, String module) {
    return scope.length() > module.length() + 1
        && scope.charAt(module.length()) == '_'
        && scope.startsWith(module)
        && isNumber(scope, module.length() + 1);
  }

  private static boolean isNumber(String text, int start) {
    for (int i = start; i < text.length(); i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return false;
      }
    }
    return true;
  }
}
