using System.Diagnostics.Metrics;
using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Gateway.Tests.Docs;

/// <summary>
/// Every instrument of the gateway with its labels and their words. Instruments are read off a gateway that is built and not started; words are heard by calling each event of
/// the metrics classes with every member of the enumerations that it takes.
/// </summary>
internal sealed class InstrumentProbe : IDisposable
{
    /// <summary>What is given for a word that a caller is free to choose.</summary>
    public const string Any = "…";

    private readonly SortedDictionary<string, ProbedInstrument> _found = new(StringComparer.Ordinal);
    private readonly MeterListener _listener = new();
    private readonly Lock _lock = new();

    public IReadOnlyCollection<ProbedInstrument> Instruments => _found.Values;

    public static InstrumentProbe Run()
    {
        IServiceCollection? registered = null;
        var probe = new InstrumentProbe();
        string[] knobs =
        [
            "--urls", "http://127.0.0.1:0", "--Gateway:Telemetry:Events=Off", "--Gateway:Live:Enabled=true", $"--Gateway:Access:TicketKeys:0=k:{new string('0', 64)}",
            "--Gateway:Peers:Self=a", "--Gateway:Peers:Nodes:a=http://127.0.0.1:1", "--Gateway:Peers:Nodes:b=http://127.0.0.1:2",
        ];
        using var app = Gateway.Program.Build(knobs, builder =>
        {
            builder.Logging.ClearProviders();
            registered = builder.Services;
        });
        probe.Listen(app.Services.GetRequiredService<IMeterFactory>());
        foreach (var service in registered!.Where(IsOurs))
        {
            if (app.Services.GetService(service.ServiceType) is { } made && made.GetType().Name.EndsWith("Metrics", StringComparison.Ordinal)) CallEvents(made);
        }

        probe._listener.RecordObservableInstruments();
        return probe;
    }

    public void Dispose() => _listener.Dispose();

    private static bool IsOurs(ServiceDescriptor service) =>
        service.Lifetime == ServiceLifetime.Singleton
        && !service.ServiceType.IsGenericTypeDefinition
        && service.ServiceType.Namespace?.StartsWith("Gateway", StringComparison.Ordinal) == true;

    private void Listen(IMeterFactory own)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (!ReferenceEquals(instrument.Meter.Scope, own) || !instrument.Meter.Name.StartsWith("Gateway.", StringComparison.Ordinal)) return;
            lock (_lock) _found.TryAdd(instrument.Name, new ProbedInstrument(instrument));
            listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<int>((instrument, _, tags, _) => Heard(instrument, tags));
        _listener.SetMeasurementEventCallback<long>((instrument, _, tags, _) => Heard(instrument, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) => Heard(instrument, tags));
        _listener.Start();
    }

    private void Heard(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        lock (_lock)
        {
            foreach (var (label, word) in tags) _found[instrument.Name].Add(label, word?.ToString() ?? "");
        }
    }

    private static void CallEvents(object metrics)
    {
        foreach (var method in metrics.GetType().GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly))
        {
            if (method.IsSpecialName || method.ReturnType != typeof(void) || method.Name == nameof(Dispose)) continue;
            var parameters = method.GetParameters();
            // What wants a delegate or a part of the gateway is not the telling of an event.
            if (parameters.Any(p => Values(p.ParameterType).Length == 0)) continue;
            foreach (var arguments in Combinations([.. parameters.Select(p => Values(p.ParameterType))])) Call(metrics, method, arguments);
        }
    }

    private static void Call(object metrics, MethodInfo method, object?[] arguments)
    {
        try
        {
            method.Invoke(metrics, arguments);
        }
        catch (TargetInvocationException)
        {
            // A member that stands for "nothing happened" has no word.
        }
    }

    private static object?[] Values(Type type)
    {
        type = type.IsByRef ? type.GetElementType()! : type;
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type.IsEnum) return [.. Enum.GetValuesAsUnderlyingType(type).Cast<object>().Select(v => Enum.ToObject(type, v))];
        if (type == typeof(string)) return [Any];
        if (type == typeof(bool)) return [true, false];
        // None of a thing is often not counted at all.
        if (type == typeof(int) || type == typeof(long) || type == typeof(double)) return [Convert.ChangeType(1, type, CultureInfo.InvariantCulture)];
        return type.IsValueType ? [Activator.CreateInstance(type)] : [];
    }

    private static IEnumerable<object?[]> Combinations(object?[][] values) => values.Aggregate(
        (IEnumerable<object?[]>)[[]], (done, next) => done.SelectMany(head => next.Select(value => (object?[])[.. head, value])));
}
