package io.towtank.validation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Pods and their templates (pkg/apis/core/validation: ValidatePodSpec). */
final class PodRules {
  private static final ImmutableList<String> HANDLERS =
      ImmutableList.of("exec", "httpGet", "tcpSocket", "grpc");
  private static final ImmutableSet<String> NODE_FIELDS = ImmutableSet.of("metadata.name");

  private static final ImmutableList<String> VARIABLE_FIELDS =
      ImmutableList.of(
          "metadata.name",
          "metadata.namespace",
          "metadata.uid",
          "spec.nodeName",
          "spec.serviceAccountName",
          "status.hostIP",
          "status.hostIPs",
          "status.podIP",
          "status.podIPs");
  private static final ImmutableList<String> FILE_FIELDS =
      ImmutableList.of(
          "metadata.name",
          "metadata.namespace",
          "metadata.labels",
          "metadata.annotations",
          "metadata.uid");
  private static final ImmutableList<String> SUBSCRIPTED_FIELDS =
      ImmutableList.of("metadata.labels", "metadata.annotations");
  private static final ImmutableList<String> RESOURCE_FIELDS =
      ImmutableList.of(
          "limits.cpu",
          "limits.memory",
          "limits.ephemeral-storage",
          "requests.cpu",
          "requests.memory",
          "requests.ephemeral-storage");

  private PodRules() {}

  /** A template: labels and annotations of its pods, and their spec. */
  static void template(Subject template) {
    template(template, ImmutableSet.of());
  }

  /**
   * As {@link #template(Subject)}.
   *
   * @param claims names of volumes that the pods get besides those of the template
   */
  static void template(Subject template, Set<String> claims) {
    MetadataRules.labelled(template.at("metadata"));
    spec(template.at("spec"), claims);
  }

  static void spec(Subject spec) {
    spec(spec, ImmutableSet.of());
  }

  private static void spec(Subject spec, Set<String> claims) {
    if (!spec.isPresent()) {
      return;
    }
    Subject containers = spec.at("containers");
    if (containers.isPresent()) {
      containers.requirePresent();
    }
    MetadataRules.distinct(spec.at("volumes").items(), "name");
    Set<String> volumes = new LinkedHashSet<>(claims);
    for (Subject volume : spec.at("volumes").items()) {
      volume(volume);
      downwardFiles(volume.at("downwardAPI"), spec);
      for (Subject source : volume.at("projected", "sources").items()) {
        downwardFiles(source.at("downwardAPI"), spec);
      }
      volumes.add(volume.at("name").text());
    }
    boolean hostNetwork = spec.at("hostNetwork").isTrue();
    Set<String> names = new HashSet<>();
    MetadataRules.distinct(containers.items(), "name", names);
    MetadataRules.distinct(spec.at("initContainers").items(), "name", names);
    Set<String> hostPorts = new HashSet<>();
    for (Subject container : containers.items()) {
      container(container, volumes, hostNetwork);
      hostPorts(container, hostPorts);
      if (container.at("restartPolicy").isPresent()) {
        container.at("restartPolicy").forbidden("may not be set for non-init containers");
      }
    }
    for (Subject container : spec.at("initContainers").items()) {
      initContainer(container, volumes, hostNetwork);
    }
    spec.at("activeDeadlineSeconds").requireBetween(1, Integer.MAX_VALUE);
    spec.at("terminationGracePeriodSeconds").requireNonNegative();
    MetadataRules.labels(spec.at("nodeSelector"));
    Amounts.resources(spec.at("overhead"));
    for (Subject toleration : spec.at("tolerations").items()) {
      toleration(toleration);
    }
    affinity(spec.at("affinity"));
    topologySpread(spec.at("topologySpreadConstraints"));
    MetadataRules.distinct(spec.at("schedulingGates").items(), "name");
    for (Subject gate : spec.at("schedulingGates").items()) {
      gate.at("name").require(NameCheck.QUALIFIED_NAME);
    }
    for (Subject gate : spec.at("readinessGates").items()) {
      gate.at("conditionType").require(NameCheck.QUALIFIED_NAME);
    }
    if (spec.at("dnsPolicy").is("None") && spec.at("dnsConfig", "nameservers").isEmpty()) {
      spec.at("dnsConfig", "nameservers")
          .required("must provide at least one DNS nameserver when `dnsPolicy` is None");
    }
    for (String field : new String[] {"hostname", "subdomain"}) {
      if (!spec.at(field).isEmpty()) {
        spec.at(field).require(NameCheck.DNS_LABEL);
      }
    }
    for (String field :
        new String[] {"nodeName", "serviceAccountName", "priorityClassName", "runtimeClassName"}) {
      if (!spec.at(field).isEmpty()) {
        spec.at(field).require(NameCheck.DNS_SUBDOMAIN);
      }
    }
  }

  private static void volume(Subject volume) {
    volume.at("name").require(NameCheck.DNS_LABEL);
    int sources = 0;
    for (Map.Entry<String, JsonNode> field : volume.node().properties()) {
      if (!field.getKey().equals("name") && !field.getValue().isNull() && ++sources > 1) {
        volume.at(field.getKey()).forbidden("may not specify more than 1 volume type");
      }
    }
    volume.at("persistentVolumeClaim", "claimName").require(NameCheck.DNS_SUBDOMAIN);
    StorageRules.claim(volume.at("ephemeral", "volumeClaimTemplate", "spec"));
    Subject path = volume.at("hostPath", "path");
    if (path.node().isTextual()) {
      path.requirePresent();
    }
  }

  private static void container(Subject container, Set<String> volumes, boolean hostNetwork) {
    container.at("name").require(NameCheck.DNS_LABEL);
    Subject image = container.at("image");
    if (!image.node().isMissingNode() || !container.node().isMissingNode()) {
      if (image.isEmpty()) {
        image.required("");
      } else if (!image.text().equals(image.text().strip())) {
        image.invalid("must not have leading or trailing whitespace");
      }
    }
    ports(container, hostNetwork);
    environment(container.at("env"));
    Set<String> paths = new HashSet<>();
    for (Subject mount : container.at("volumeMounts").items()) {
      Subject name = mount.at("name");
      if (!name.isEmpty() && !volumes.contains(name.text())) {
        name.notFound(volumes);
      }
      Subject path = mount.at("mountPath");
      if (path.node().isTextual() && path.isEmpty()) {
        path.required("");
      } else if (!path.isEmpty() && !paths.add(path.text())) {
        path.invalid("must be unique");
      }
    }
    Amounts.requirements(container.at("resources"));
    probe(container.at("livenessProbe"), true);
    probe(container.at("readinessProbe"), false);
    probe(container.at("startupProbe"), true);
    for (String hook : new String[] {"postStart", "preStop"}) {
      Subject handler = container.at("lifecycle", hook);
      if (handler.isPresent()) {
        oneHandler(handler, ImmutableList.of("exec", "httpGet", "tcpSocket", "sleep"));
      }
    }
  }

  private static void initContainer(Subject container, Set<String> volumes, boolean hostNetwork) {
    container(container, volumes, hostNetwork);
    boolean sidecar = container.at("restartPolicy").is("Always");
    if (container.at("restartPolicy").isPresent() && !sidecar) {
      container.at("restartPolicy").unsupported(ImmutableList.of("Always"));
    }
    if (!sidecar) {
      for (String field :
          new String[] {"lifecycle", "livenessProbe", "readinessProbe", "startupProbe"}) {
        if (container.at(field).isPresent()) {
          container
              .at(field)
              .forbidden("may not be set for init containers without restartPolicy=Always");
        }
      }
    }
  }

  private static void ports(Subject container, boolean hostNetwork) {
    Set<String> names = new HashSet<>();
    for (Subject port : container.at("ports").items()) {
      Subject name = port.at("name");
      if (!name.isEmpty()) {
        name.require(NameCheck.PORT_NAME);
        if (!names.add(name.text())) {
          name.duplicate();
        }
      }
      Subject number = port.at("containerPort");
      Amounts.port(number);
      Subject hostPort = port.at("hostPort");
      if (hostPort.whole(0) != 0) {
        Amounts.port(hostPort);
        if (hostNetwork && hostPort.whole(0) != number.whole(0)) {
          number.invalid("must match `hostPort` when `hostNetwork` is true");
        }
      }
    }
  }

  private static void hostPorts(Subject container, Set<String> taken) {
    for (Subject port : container.at("ports").items()) {
      Subject hostPort = port.at("hostPort");
      if (hostPort.whole(0) != 0) {
        String protocol = port.at("protocol").isEmpty() ? "TCP" : port.at("protocol").text();
        String key = protocol + "/" + port.at("hostIP").text() + "/" + hostPort.whole(0);
        if (!taken.add(key)) {
          hostPort.duplicate(new TextNode(key));
        }
      }
    }
  }

  private static void environment(Subject environment) {
    for (Subject variable : environment.items()) {
      if (variable.at("name").node().isTextual()) {
        variable.at("name").requirePresent();
      }
      variable.at("name").require(NameCheck.ENV_NAME);
      Subject source = variable.at("valueFrom");
      if (!source.isPresent()) {
        continue;
      }
      if (!variable.at("value").isEmpty()) {
        source.invalid("may not be specified when `value` is not empty");
      } else if (source.isEmpty()) {
        source.invalid(
            "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`,"
                + " `secretKeyRef` or `fileKeyRef`");
      } else if (source.entries().size() > 1) {
        source.invalid("may not have more than one field specified at a time");
      }
      fieldPath(source.at("fieldRef"), VARIABLE_FIELDS);
      resourcePath(source.at("resourceFieldRef"));
    }
  }

  /** A field of the pod (validateObjectFieldSelector). */
  private static void fieldPath(Subject selector, ImmutableList<String> allowed) {
    Subject path = selector.at("fieldPath");
    if (!selector.isPresent()) {
      return;
    }
    String text = path.text();
    if (path.isEmpty()) {
      path.required("");
    } else if (text.endsWith("']") && text.indexOf("['") > 0) {
      if (!SUBSCRIPTED_FIELDS.contains(text.substring(0, text.indexOf("['")))) {
        path.invalid("does not support subscript");
      }
    } else if (!allowed.contains(text)) {
      path.unsupported(allowed);
    }
  }

  /**
   * What a container asks for or may have of a resource (validateContainerResourceFieldSelector).
   */
  private static void resourcePath(Subject selector) {
    if (!selector.isPresent()) {
      return;
    }
    Subject resource = selector.at("resource");
    if (resource.isEmpty()) {
      resource.required("");
    } else if (!RESOURCE_FIELDS.contains(resource.text())
        && !resource.text().startsWith("limits.hugepages-")
        && !resource.text().startsWith("requests.hugepages-")) {
      resource.unsupported(RESOURCE_FIELDS);
    }
  }

  /** The files of the downward API (validateDownwardAPIVolumeFile). */
  private static void downwardFiles(Subject source, Subject spec) {
    for (Subject item : source.at("items").items()) {
      Subject field = item.at("fieldRef");
      Subject resource = item.at("resourceFieldRef");
      if (field.isPresent() && resource.isPresent()) {
        item.invalid("fieldRef and resourceFieldRef can not be specified simultaneously");
      } else if (!field.isPresent() && !resource.isPresent()) {
        item.required("one of fieldRef and resourceFieldRef is required");
      }
      fieldPath(field, FILE_FIELDS);
      resourcePath(resource);
      Subject container = resource.at("containerName");
      if (resource.isPresent() && container.isEmpty()) {
        container.required("");
      } else if (resource.isPresent()) {
        List<String> names = new ArrayList<>();
        for (String list : new String[] {"containers", "initContainers"}) {
          spec.at(list).items().forEach(each -> names.add(each.at("name").text()));
        }
        if (!names.contains(container.text())) {
          container.notFound(names);
        }
      }
    }
  }

  private static void probe(Subject probe, boolean mustSucceedOnce) {
    if (!probe.isPresent()) {
      return;
    }
    oneHandler(probe, HANDLERS);
    for (String field :
        new String[] {
          "initialDelaySeconds",
          "timeoutSeconds",
          "periodSeconds",
          "successThreshold",
          "failureThreshold"
        }) {
      probe.at(field).requireNonNegative();
    }
    if (mustSucceedOnce && probe.at("successThreshold").whole(1) > 1) {
      probe.at("successThreshold").invalid("must be 1");
    }
    Subject grace = probe.at("terminationGracePeriodSeconds");
    if (grace.whole(1) <= 0) {
      grace.invalid("must be greater than 0");
    }
  }

  private static void oneHandler(Subject subject, ImmutableList<String> handlers) {
    int found = 0;
    for (String handler : handlers) {
      Subject here = subject.at(handler);
      if (here.isPresent() && ++found > 1) {
        here.forbidden("may not specify more than 1 handler type");
      }
    }
    if (found == 0) {
      subject.required("must specify a handler type");
    }
    Amounts.portOrName(subject.at("httpGet", "port"));
    Amounts.portOrName(subject.at("tcpSocket", "port"));
    Amounts.port(subject.at("grpc", "port"));
    Subject command = subject.at("exec", "command");
    if (subject.at("exec").isPresent() && command.isEmpty()) {
      command.required("");
    }
  }

  /** A toleration (ValidateTolerations). */
  static void toleration(Subject toleration) {
    Subject operator = toleration.at("operator");
    Subject key = toleration.at("key");
    if (!key.isEmpty()) {
      key.require(NameCheck.QUALIFIED_NAME);
    } else if (!operator.is("Exists")) {
      operator.invalid(
          "operator must be Exists when `key` is empty, which means \"match all values and all"
              + " keys\"");
    }
    if (toleration.at("tolerationSeconds").isPresent()
        && !toleration.at("effect").is("NoExecute")) {
      toleration.at("effect").invalid("effect must be 'NoExecute' when `tolerationSeconds` is set");
    }
    if (operator.is("Exists") && !toleration.at("value").isEmpty()) {
      toleration.at("value").invalid("value must be empty when `operator` is 'Exists'");
    } else {
      toleration.at("value").require(NameCheck.LABEL_VALUE);
    }
  }

  private static void affinity(Subject affinity) {
    String required = "requiredDuringSchedulingIgnoredDuringExecution";
    String preferred = "preferredDuringSchedulingIgnoredDuringExecution";
    Subject node = affinity.at("nodeAffinity");
    nodeSelector(node.at(required));
    for (Subject term : node.at(preferred).items()) {
      term.at("weight").requireBetween(1, 100);
      nodeSelectorTerm(term.at("preference"));
    }
    for (String side : new String[] {"podAffinity", "podAntiAffinity"}) {
      for (Subject term : affinity.at(side, required).items()) {
        podAffinityTerm(term);
      }
      for (Subject term : affinity.at(side, preferred).items()) {
        term.at("weight").requireBetween(1, 100);
        podAffinityTerm(term.at("podAffinityTerm"));
      }
    }
  }

  /** A node selector, as node affinity has it and volumes. */
  static void nodeSelector(Subject selector) {
    Subject terms = selector.at("nodeSelectorTerms");
    if (terms.isPresent() && terms.isEmpty()) {
      terms.required("must have at least one node selector term");
    }
    for (Subject term : terms.items()) {
      nodeSelectorTerm(term);
    }
  }

  private static void nodeSelectorTerm(Subject term) {
    for (Subject requirement : term.at("matchExpressions").items()) {
      nodeSelectorRequirement(requirement);
      requirement.at("key").require(NameCheck.QUALIFIED_NAME);
    }
    for (Subject requirement : term.at("matchFields").items()) {
      Subject values = requirement.at("values");
      switch (requirement.at("operator").text()) {
        case "In", "NotIn" -> {
          if (values.items().size() != 1) {
            values.required(
                "must be only one value when `operator` is 'In' or 'NotIn' for node field"
                    + " selector");
          }
        }
        case "" -> {}
        default -> requirement.at("operator").invalid("not a valid selector operator");
      }
      if (!requirement.at("key").isEmpty() && !NODE_FIELDS.contains(requirement.at("key").text())) {
        requirement.at("key").invalid("not a valid field selector key", "only metadata.name is");
      }
    }
  }

  private static void nodeSelectorRequirement(Subject requirement) {
    MetadataRules.valuesAsOperatorWants(requirement);
    Subject values = requirement.at("values");
    switch (requirement.at("operator").text()) {
      case "Gt", "Lt" -> {
        if (values.items().size() != 1) {
          values.required("must be specified single value when `operator` is 'Lt' or 'Gt'");
        } else if (!values.items().getFirst().text().matches("[-+]?[0-9]{1,18}")) {
          values
              .items()
              .getFirst()
              .invalid("for 'Gt', 'Lt' operators, the value must be an integer");
        }
      }
      default -> {}
    }
  }

  private static void podAffinityTerm(Subject term) {
    MetadataRules.selector(term.at("labelSelector"));
    MetadataRules.selector(term.at("namespaceSelector"));
    topologyKey(term.at("topologyKey"));
  }

  private static void topologyKey(Subject key) {
    if (key.node().isTextual() && key.isEmpty()) {
      key.required("can not be empty");
    } else {
      key.require(NameCheck.QUALIFIED_NAME);
    }
  }

  private static void topologySpread(Subject constraints) {
    Set<String> seen = new HashSet<>();
    for (Subject constraint : constraints.items()) {
      if (constraint.at("maxSkew").whole(1) <= 0) {
        constraint.at("maxSkew").invalid("must be greater than zero");
      }
      topologyKey(constraint.at("topologyKey"));
      String pair =
          "{"
              + constraint.at("topologyKey").text()
              + ", "
              + constraint.at("whenUnsatisfiable").text()
              + "}";
      if (!constraint.at("topologyKey").isEmpty() && !seen.add(pair)) {
        constraint.duplicate(new TextNode(pair));
      }
      Subject domains = constraint.at("minDomains");
      if (domains.isPresent()) {
        if (domains.whole(1) <= 0) {
          domains.invalid("must be greater than zero");
        }
        if (constraint.at("whenUnsatisfiable").is("ScheduleAnyway")) {
          domains.invalid("can only use minDomains if whenUnsatisfiable=DoNotSchedule");
        }
      }
      MetadataRules.selector(constraint.at("labelSelector"));
    }
  }
}
