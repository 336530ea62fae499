import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Writes Kubernetes' types into the text file that {@code io.towtank.schema} reads. See README.md
 * for what it needs and how to run it.
 *
 * <p>Two generated code bases are joined: the Java client's models tell names, types and required
 * fields (they come from the OpenAPI document), its API classes tell resources, and the comments in
 * the protobuf classes tell list types, map keys and patch strategies.
 */
final class GenerateSchema {
  /** A field of a message as protobuf has it, with the markers of its comment. */
  private record ProtoField(String type, Map<String, List<String>> markers) {}

  /** A message: its fields, and whether it is replaced as a whole. */
  private record Message(Map<String, ProtoField> fields, boolean atomic) {}

  private record Property(String javaType, boolean required) {}

  private record Resource(
      String group, String version, String kind, String plural, boolean namespaced) {
    String apiVersion() {
      return group.isEmpty() ? version : group + "/" + version;
    }
  }

  /** Full protobuf name to message, as in api.core.v1.Container. */
  private final Map<String, Message> messages = new TreeMap<>();

  /** Class name to fields, as in V1Container. */
  private final Map<String, Map<String, Property>> models = new TreeMap<>();

  /** Resource to the names of its subresources. */
  private final Map<Resource, Set<String>> resources = new java.util.LinkedHashMap<>();

  /** Kind in group to what the table of names says. */
  private final Map<String, String> extras = new TreeMap<>();

  /** Field to its words. */
  private final Map<String, String> words = new TreeMap<>();

  public static void main(String[] args) throws IOException {
    if (args.length != 4) {
      System.err.println("usage: GenerateSchema MODEL-SOURCES.jar PROTO-SOURCES.jar TABLES OUT");
      System.exit(2);
    }
    GenerateSchema generator = new GenerateSchema();
    try (ZipFile proto = new ZipFile(args[1])) {
      for (String source : sources(proto, "io/kubernetes/client/proto/")) {
        generator.readMessages(source);
      }
    }
    try (ZipFile model = new ZipFile(args[0])) {
      for (String source : sources(model, "io/kubernetes/client/openapi/models/")) {
        generator.readModel(source);
      }
      for (String source : sources(model, "io/kubernetes/client/openapi/apis/")) {
        generator.readResources(source);
      }
    }
    generator.readTable(Path.of(args[2], "names.txt"), generator.extras);
    generator.readTable(Path.of(args[2], "words.txt"), generator.words);
    Files.writeString(Path.of(args[3]), generator.schema());
  }

  private static List<String> sources(ZipFile jar, String directory) throws IOException {
    List<String> sources = new ArrayList<>();
    for (ZipEntry entry : jar.stream().toList()) {
      if (entry.getName().startsWith(directory) && entry.getName().endsWith(".java")) {
        try (InputStream in = jar.getInputStream(entry)) {
          sources.add(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
      }
    }
    return sources;
  }

  private void readTable(Path file, Map<String, String> table) throws IOException {
    for (String line : Files.readAllLines(file)) {
      if (!line.isBlank() && !line.startsWith("#")) {
        int space = line.indexOf(' ');
        table.put(line.substring(0, space), line.substring(space + 1).trim());
      }
    }
  }

  private static final Pattern MESSAGE =
      Pattern.compile("@@protoc_insertion_point\\(interface_extends:k8s\\.io\\.([\\w.]+)\\)");
  private static final Pattern FIELD =
      Pattern.compile("<code>(optional |repeated |required )?(\\S+(?:, \\S+)?) (\\w+) = \\d+;");
  private static final Pattern MARKER = Pattern.compile("\\* \\+([\\w:]+)(?:=(.*))?");
  private static final Pattern ATOMIC =
      Pattern.compile(
          "\\* \\+structType=atomic\\s+\\* (?:\\+.*\\s+\\* )*</pre>\\s+\\*\\s+"
              + "\\* Protobuf type \\{@code k8s\\.io\\.([\\w.]+)\\}");

  private void readMessages(String source) {
    Set<String> atomic = new TreeSet<>();
    Matcher found = ATOMIC.matcher(source);
    while (found.find()) {
      atomic.add(found.group(1));
    }
    Map<String, ProtoField> fields = Map.of();
    Map<String, List<String>> markers = new TreeMap<>();
    for (String line : (Iterable<String>) source.lines()::iterator) {
      if (line.endsWith("/**")) {
        markers = new TreeMap<>();
        continue;
      }
      if (!line.contains("*") && !line.contains("@@") && !line.startsWith("  public")) {
        continue;
      }
      Matcher message = MESSAGE.matcher(line);
      if (message.find()) {
        fields = new TreeMap<>();
        messages.put(message.group(1), new Message(fields, atomic.contains(message.group(1))));
        continue;
      }
      if (line.startsWith("  public") && line.contains("final class")) {
        // The interface with its fields has ended.
        fields = new TreeMap<>();
        continue;
      }
      Matcher marker = MARKER.matcher(line);
      if (marker.find()) {
        markers
            .computeIfAbsent(marker.group(1), name -> new ArrayList<>())
            .add(marker.group(2) == null ? "" : marker.group(2).trim());
        continue;
      }
      Matcher field = FIELD.matcher(line);
      if (field.find()) {
        String type = field.group(2).replace("&lt;", "<").replace("&gt;", ">");
        fields.putIfAbsent(field.group(3), new ProtoField(type, markers));
      }
    }
  }

  private static final Pattern PROPERTY =
      Pattern.compile(
          "@SerializedName\\((?:SERIALIZED_NAME_[\\w$]+)\\)\\s+(?:@[\\w.]+\\s+)?"
              + "private ([^;=]+?) ([\\w$]+)(?: = [^;]+)?;");
  private static final Pattern SERIALIZED_NAME =
      Pattern.compile("SERIALIZED_NAME_([\\w$]+) = \"([^\"]+)\";\\s+@SerializedName");
  private static final Pattern CLASS = Pattern.compile("\\npublic class (\\w+)");

  private void readModel(String source) {
    Matcher type = CLASS.matcher(source);
    if (!type.find()) {
      return;
    }
    Set<String> required = new TreeSet<>();
    Matcher getter =
        Pattern.compile("@ApiModelProperty\\(required = true,[^\\n]*\\s+public \\S.* (get\\w+)\\(")
            .matcher(source);
    while (getter.find()) {
      required.add(getter.group(1));
    }
    Map<String, Property> properties = new TreeMap<>();
    Matcher name = SERIALIZED_NAME.matcher(source);
    Matcher property = PROPERTY.matcher(source);
    while (name.find() && property.find()) {
      String field = property.group(2);
      String getterName = "get" + Character.toUpperCase(field.charAt(0)) + field.substring(1);
      properties.put(name.group(2), new Property(property.group(1), required.contains(getterName)));
    }
    models.put(type.group(1), properties);
  }

  private static final Pattern CALL =
      Pattern.compile(
          "okhttp3\\.Call (read|create)(Namespaced)?(\\w+?)(?<!ValidateBefore)Call\\(.*?"
              + "String localVarPath = \"(/apis?/[^\"]+)\"",
          Pattern.DOTALL);

  private void readResources(String source) {
    Matcher call = CALL.matcher(source);
    Map<String, Resource> byPath = new TreeMap<>();
    Set<String> deeper = new LinkedHashSet<>();
    while (call.find()) {
      String path = call.group(4).replaceFirst("/$", "");
      boolean namespaced = path.contains("/namespaces/{namespace}/");
      List<String> parts =
          List.of(path.replace("/namespaces/{namespace}", "").substring(1).split("/"));
      if (parts.contains("{group}")) {
        continue; // the client of custom objects
      }
      boolean core = parts.get(0).equals("api");
      String group = core ? "" : parts.get(1);
      int at = core ? 2 : 3;
      if (parts.size() == at + 1
          || (parts.size() == at + 2 && parts.get(at + 1).equals("{name}"))) {
        Resource resource =
            new Resource(group, parts.get(at - 1), call.group(3), parts.get(at), namespaced);
        byPath.putIfAbsent(path.replaceFirst("/\\{name\\}$", ""), resource);
      } else if (parts.size() == at + 3) {
        deeper.add(path);
      }
    }
    byPath.values().forEach(resource -> resources.put(resource, new TreeSet<>()));
    for (String path : deeper) {
      Resource resource = byPath.get(path.substring(0, path.indexOf("/{name}")));
      if (resource != null) {
        resources.get(resource).add(path.substring(path.lastIndexOf('/') + 1));
      }
    }
  }

  private String schema() {
    StringBuilder out = new StringBuilder();
    out.append("# The types of Kubernetes' API. Made by tools/schema-generator: do not edit.\n");
    Map<String, String> kinds = new TreeMap<>();
    Map<String, String> types = new TreeMap<>();
    Deque<String> wanted = new ArrayDeque<>();
    for (Map.Entry<Resource, Set<String>> entry : resources.entrySet()) {
      Resource resource = entry.getKey();
      String model = model(resource);
      if (model == null) {
        System.err.println("no model for " + resource);
        continue;
      }
      String type = typeName(model, resource.group);
      wanted.add(model + " " + type);
      StringBuilder line = new StringBuilder("+");
      line.append(resource.apiVersion()).append(' ').append(resource.kind).append(' ');
      line.append(resource.plural).append(' ').append(type);
      if (resource.namespaced) {
        line.append(" namespaced");
      }
      for (String subresource : entry.getValue()) {
        if (subresource.equals("status") || subresource.equals("scale")) {
          line.append(' ').append(subresource);
        }
      }
      String extra = extras.get(resource.kind + "." + resource.group);
      if (extra != null) {
        line.append(' ').append(extra);
      }
      kinds.put(resource.apiVersion() + " " + resource.kind, line.append('\n').toString());
    }
    while (!wanted.isEmpty()) {
      String next = wanted.remove();
      String type = next.substring(next.indexOf(' ') + 1);
      if (!types.containsKey(type)) {
        types.put(type, type(next.substring(0, next.indexOf(' ')), type, wanted));
      }
    }
    for (String field : words.keySet()) {
      if (!used.contains(field)) {
        System.err.println("no field for the words of " + field);
      }
    }
    kinds.values().forEach(out::append);
    types.values().forEach(out::append);
    return out.toString();
  }

  private final Set<String> used = new TreeSet<>();

  /** The model of a kind: its name may bear the group where several groups have such a kind. */
  private String model(Resource resource) {
    String version =
        Character.toUpperCase(resource.version.charAt(0)) + resource.version.substring(1);
    String group = resource.group.isEmpty() ? "core" : resource.group.replaceFirst("\\..*", "");
    String prefix = Character.toUpperCase(group.charAt(0)) + group.substring(1);
    for (String candidate : List.of(prefix + version + resource.kind, version + resource.kind)) {
      if (models.containsKey(candidate)) {
        return candidate;
      }
    }
    return null;
  }

  private static final Pattern MODEL_NAME =
      Pattern.compile("([A-Z][a-z]+)?(V\\d+(?:alpha\\d+|beta\\d+)?)([A-Z]\\w*)");

  /** As in core/v1.Container; {@code group} is that of a type that refers to it. */
  private String typeName(String model, String group) {
    Matcher parts = MODEL_NAME.matcher(model);
    if (!parts.matches()) {
      throw new IllegalStateException(model);
    }
    String version = parts.group(2).substring(0, 1).toLowerCase() + parts.group(2).substring(1);
    String suffix = "." + version + "." + parts.group(3);
    List<String> candidates = new ArrayList<>();
    for (String message : messages.keySet()) {
      if (message.endsWith(suffix)) {
        String found = shortName(message);
        if (parts.group(1) == null || found.startsWith(parts.group(1).toLowerCase() + "/")) {
          candidates.add(found);
        }
      }
    }
    if (candidates.size() == 1) {
      return candidates.getFirst();
    }
    String own = group.isEmpty() ? "core" : group.replaceFirst("\\..*", "");
    if (parts.group(1) != null) {
      own = parts.group(1).toLowerCase();
    }
    if (parts.group(3).equals("Condition") || parts.group(3).equals("Status")) {
      own = "meta";
    }
    String guess = own + "/" + version + "." + parts.group(3);
    if (!candidates.isEmpty() && !candidates.contains(guess)) {
      System.err.println(model + " is one of " + candidates + ", taken for " + guess);
    }
    return guess;
  }

  /** api.core.v1.Container is core/v1.Container. */
  private static String shortName(String message) {
    String[] parts = message.split("\\.");
    int n = parts.length;
    return parts[n - 3] + "/" + parts[n - 2] + "." + parts[n - 1];
  }

  private Message message(String type) {
    for (Map.Entry<String, Message> entry : messages.entrySet()) {
      if (entry.getKey().split("\\.").length >= 4 && shortName(entry.getKey()).equals(type)) {
        return entry.getValue();
      }
    }
    return new Message(Map.of(), false);
  }

  private String type(String model, String type, Deque<String> wanted) {
    Message message = message(type);
    String group = type.substring(0, type.indexOf('/'));
    StringBuilder out = new StringBuilder("=").append(type);
    if (message.atomic) {
      out.append(" atomic");
    }
    out.append('\n');
    for (Map.Entry<String, Property> entry : models.get(model).entrySet()) {
      String name = entry.getKey();
      Property property = entry.getValue();
      ProtoField proto = protoField(message, name, 0);
      out.append(name).append(property.required ? "! " : " ");
      out.append(valueType(property.javaType, proto, group, wanted));
      if (proto != null) {
        markers(proto.markers, out);
      }
      String allowed = words.get(type + "." + name);
      if (allowed != null) {
        used.add(type + "." + name);
        out.append(" enum=").append(allowed.replace(' ', ','));
      }
      out.append('\n');
    }
    return out.toString();
  }

  /** The field of a message, or of one that Go's type embeds. */
  private ProtoField protoField(Message message, String name, int depth) {
    ProtoField own = message.fields.get(name);
    if (own != null || depth == 2) {
      return own;
    }
    for (ProtoField field : message.fields.values()) {
      if (field.type.startsWith(".k8s.io.")) {
        Message embedded = messages.get(field.type.substring(".k8s.io.".length()));
        ProtoField found = embedded == null ? null : protoField(embedded, name, depth + 1);
        if (found != null) {
          return found;
        }
      }
    }
    return null;
  }

  private static void markers(Map<String, List<String>> markers, StringBuilder out) {
    List<String> listType = markers.getOrDefault("listType", markers.get("mapType"));
    if (listType == null) {
      listType = markers.get("structType");
    }
    if (listType != null && !listType.getFirst().equals("granular")) {
      out.append(' ').append(listType.getFirst());
    }
    if (markers.containsKey("listMapKey")) {
      out.append(" keys=").append(String.join(",", new LinkedHashSet<>(markers.get("listMapKey"))));
    }
    if (markers.containsKey("patchMergeKey")) {
      out.append(" mergeKey=").append(markers.get("patchMergeKey").getFirst());
    }
    if (markers.containsKey("patchStrategy")) {
      out.append(" patch=").append(markers.get("patchStrategy").getFirst());
    }
  }

  private String valueType(String javaType, ProtoField proto, String group, Deque<String> wanted) {
    if (javaType.startsWith("List<")) {
      String element = javaType.substring(5, javaType.length() - 1);
      return "[" + valueType(element, null, group, wanted) + "]";
    }
    if (javaType.startsWith("Map<String, ")) {
      String element = javaType.substring(12, javaType.length() - 1);
      return "{" + valueType(element, null, group, wanted) + "}";
    }
    return switch (javaType) {
      case "String" -> proto != null && proto.type.equals("bytes") ? "bytes" : "string";
      case "byte[]" -> "bytes";
      case "Integer" -> "int32";
      case "Long" -> "int64";
      case "Double" -> "number";
      case "Boolean" -> "boolean";
      case "Object" -> "any";
      case "Quantity" -> "quantity";
      case "IntOrString" -> "intOrString";
      case "OffsetDateTime" ->
          proto != null && proto.type.endsWith("MicroTime") ? "microTime" : "time";
      default -> {
        if (!models.containsKey(javaType)) {
          throw new IllegalStateException("no type " + javaType);
        }
        String type =
            proto != null && proto.type.startsWith(".k8s.io.api.")
                ? shortName(proto.type.substring(".k8s.io.".length()))
                : typeName(javaType, group);
        wanted.add(javaType + " " + type);
        yield "@" + type;
      }
    };
  }
}
