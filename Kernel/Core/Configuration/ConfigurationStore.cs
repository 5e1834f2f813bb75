using Microsoft.Extensions.Logging;
using RouterOS.Abstractions.Chassis;
using RouterOS.Core.Storage;
using RouterOS.Proto.Config.V1;
using RouterOS.Sdk.Configuration;
using RouterOS.Sdk.Intents;

namespace RouterOS.Core.Configuration;

/// <summary>The configuration in force, the shared candidate and the history; the only place that commits.</summary>
/// <remarks>
/// A commit is validated (schema, binding, plugins; no I/O), written durably, switched, then applied. Until it is written, an error
/// changes nothing; after that nothing undoes it: what a plugin cannot program is the plugin's alarm. Safe from any thread.
/// </remarks>
public sealed partial class ConfigurationStore : IDisposable
{
    // After a rollback that failed (a full disk): try again.
    private static readonly TimeSpan s_retry = TimeSpan.FromSeconds(60);

    private readonly Lock _lock = new();
    private readonly IConfigurationLanguage _language;
    private readonly ChassisProfile _profile;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly IReadOnlyList<Func<IntentSet, IReadOnlyList<Finding>>> _validate;
    private readonly Action<IntentSet> _apply;
    private readonly ConfigurationHistory _history;
    private readonly Candidate _candidate;
    private Statement _active;
    private Statement _whole;
    private IntentSet _intents = IntentSet.Empty;
    private PendingConfirmation? _pending;
    private ITimer? _timer;

    /// <summary>Opens the store of a state folder.</summary>
    /// <param name="language">The platform's language.</param>
    /// <param name="profile">The chassis.</param>
    /// <param name="files">The disk.</param>
    /// <param name="stateFolder">State folder, 0700.</param>
    /// <param name="sealer">Seals secrets in files.</param>
    /// <param name="time">The clock.</param>
    /// <param name="validate">Plugins that judge a candidate's intent: pure, any thread.</param>
    /// <param name="apply">Hands a committed intent to the plugins; called in the order of commits, must only post.</param>
    /// <param name="log">The log.</param>
    /// <exception cref="InvalidDataException">The newest configuration cannot be read as this platform's.</exception>
    public ConfigurationStore(
        IConfigurationLanguage language,
        ChassisProfile profile,
        IFileSystem files,
        string stateFolder,
        Sealer sealer,
        TimeProvider time,
        IReadOnlyList<Func<IntentSet, IReadOnlyList<Finding>>> validate,
        Action<IntentSet> apply,
        ILogger log)
    {
        ArgumentNullException.ThrowIfNull(language);
        (_language, _profile, _time, _validate, _apply, _log) = (language, profile, time, validate, apply, log);
        _history = ConfigurationHistory.Open(files, stateFolder, language.Root, sealer, log);
        _candidate = new Candidate(language.Root);
        _active = _history.Records.Count == 0 ? Statement.EmptyRoot : _history.Load(_history.Records[0]);
        _candidate.Tree = _active;
        _whole = Expand(_active);
    }

    /// <summary>The language.</summary>
    public IConfigurationLanguage Language => _language;

    /// <summary>The language's statements.</summary>
    public StatementSchema Schema => _language.Root;

    /// <summary>The configuration in force.</summary>
    public Statement Active => Volatile.Read(ref _active);

    /// <summary>The configuration in force with all that its statements inherit.</summary>
    public Statement Whole => Volatile.Read(ref _whole);

    /// <summary>The intent in force.</summary>
    public IntentSet Intents => Volatile.Read(ref _intents);

    /// <summary>True when nothing was ever committed.</summary>
    public bool IsEmpty => History.Count == 0;

    /// <summary>The commits, newest first.</summary>
    public IReadOnlyList<CommitRecord> History
    {
        get
        {
            lock (_lock)
            {
                return [.. _history.Records];
            }
        }
    }

    /// <summary>The commit that waits for its confirmation, or null.</summary>
    public PendingConfirmation? Pending
    {
        get
        {
            lock (_lock)
            {
                return _pending;
            }
        }
    }

    /// <summary>The candidate as it is now.</summary>
    public Statement CandidateTree
    {
        get
        {
            lock (_lock)
            {
                return _candidate.Tree;
            }
        }
    }

    /// <summary>Binds and applies the configuration in force, and goes on waiting for a confirmation that was due when the process ended.</summary>
    public void Start()
    {
        lock (_lock)
        {
            _pending = _history.Pending;
            _intents = _language.Bind(_whole, _profile).Intents;
            Apply();
            Arm();
        }
    }

    /// <summary>Replaces the candidate by a text and commits it; nothing changes, the candidate included, when that fails.</summary>
    public CommitResult CommitText(string text, CommitRequest request)
    {
        ReadResult read = ConfigurationText.Read(text, _language);
        if (read.Errors.Count > 0)
        {
            return new CommitResult(false, [.. read.Errors.Select(AsFinding)]);
        }

        lock (_lock)
        {
            Statement before = _candidate.Tree;
            _candidate.Tree = read.Tree;
            CommitResult result = Commit(request);
            if (!result.Succeeded)
            {
                _candidate.Tree = before;
            }

            return result;
        }
    }

    /// <summary>Edits the candidate and commits it in one step; when either fails, nothing changes.</summary>
    /// <param name="edit">Edits; null when done, else why it cannot be.</param>
    /// <param name="request">How to commit.</param>
    internal CommitResult CommitEdit(Func<Candidate, string?> edit, CommitRequest request)
    {
        lock (_lock)
        {
            Statement before = _candidate.Tree;
            bool done = false;
            try
            {
                CommitResult result = edit(_candidate) is { } refusal
                    ? new CommitResult(false, [new Finding { Severity = Finding.Types.Severity.Error, Message = refusal }])
                    : _candidate.Tree.SameAs(_active) ? new CommitResult(true, [])
                    : Commit(request);
                done = result.Succeeded;
                return result;
            }
            finally
            {
                if (!done)
                {
                    _candidate.Tree = before;
                }
            }
        }
    }

    /// <summary>A tree with all that its statements inherit.</summary>
    public Statement Expand(Statement tree) => _language.Expand(tree, _profile, []);

    /// <summary>Commits the candidate.</summary>
    public CommitResult Commit(CommitRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        lock (_lock)
        {
            Statement tree = _candidate.Tree;
            List<Finding> findings = Judge(tree, out Statement whole, out IntentSet intents);
            bool sound = !findings.Exists(IsError);
            if (!sound || request.CheckOnly)
            {
                return new CommitResult(sound, findings);
            }

            try
            {
                Persist(tree, request);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                LogUnwritten(e, request.User);
                findings.Add(new Finding
                {
                    Severity = Finding.Types.Severity.Error,
                    Message = $"the configuration could not be written: {e.Message}",
                });
                return new CommitResult(false, findings);
            }

            Volatile.Write(ref _active, tree);
            Volatile.Write(ref _whole, whole);
            Volatile.Write(ref _intents, intents);
            Arm();
            Apply();
            LogCommitted(request.User, request.Client);
            return new CommitResult(true, findings);
        }
    }

    /// <summary>The configuration of an earlier commit, 0 being the one in force; null when it is not kept.</summary>
    /// <exception cref="InvalidDataException">Its file is damaged.</exception>
    public Statement? Earlier(int number)
    {
        lock (_lock)
        {
            return number == 0 ? _active
                : number > 0 && number < _history.Records.Count ? _history.Load(_history.Records[number])
                : null;
        }
    }

    /// <summary>Makes the configuration of an earlier commit the candidate; false when it is not kept.</summary>
    public bool Rollback(int number)
    {
        lock (_lock)
        {
            if (Earlier(number) is not { } tree)
            {
                return false;
            }

            _candidate.Tree = tree;
            return true;
        }
    }

    /// <summary>The rescue configuration; null when none is saved.</summary>
    /// <exception cref="InvalidDataException">Its file is damaged.</exception>
    public Statement? Rescue()
    {
        lock (_lock)
        {
            return _history.Rescue();
        }
    }

    /// <summary>Keeps the configuration in force as the rescue configuration, durably, in place of the one that was.</summary>
    /// <exception cref="IOException">It cannot be written; the old one stays.</exception>
    public void SaveRescue()
    {
        lock (_lock)
        {
            _history.SaveRescue(_active);
        }
    }

    /// <summary>Deletes the rescue configuration, if there is one.</summary>
    /// <exception cref="IOException">It cannot be deleted.</exception>
    public void DeleteRescue()
    {
        lock (_lock)
        {
            _history.DeleteRescue();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            _timer?.Dispose();
            _timer = null;
        }
    }

    /// <summary>Makes a tree the candidate.</summary>
    internal bool Replace(Statement tree) => Edit(candidate => { candidate.Tree = tree; return true; }, done => done);

    /// <summary>Edits the candidate; when the edit fails or throws, the candidate is as it was.</summary>
    internal T Edit<T>(Func<Candidate, T> edit, Func<T, bool> succeeded)
    {
        lock (_lock)
        {
            Statement before = _candidate.Tree;
            bool keep = false;
            try
            {
                T result = edit(_candidate);
                keep = succeeded(result);
                return result;
            }
            finally
            {
                if (!keep)
                {
                    _candidate.Tree = before;
                }
            }
        }
    }

    private static bool IsError(Finding finding) => finding.Severity == Finding.Types.Severity.Error;

    private static Finding AsFinding(ConfigurationDiagnostic diagnostic) => new()
    {
        Severity = Finding.Types.Severity.Error,
        Source = new Source { Path = diagnostic.Statement, Line = (uint)diagnostic.Position.Line },
        Message = $"line {diagnostic.Position.Line}, column {diagnostic.Position.Column}: {diagnostic.Explanation}",
    };

    private List<Finding> Judge(Statement tree, out Statement whole, out IntentSet intents)
    {
        intents = IntentSet.Empty;
        List<Finding> findings = [];
        whole = _language.Expand(tree, _profile, findings);
        findings.AddRange(SchemaValidation.Run(whole, _language.Root, _profile));
        try
        {
            if (!findings.Exists(IsError))
            {
                Binding binding = _language.Bind(whole, _profile);
                intents = binding.Intents;
                findings.AddRange(binding.Findings);
            }

            if (!findings.Exists(IsError))
            {
                foreach (Func<IntentSet, IReadOnlyList<Finding>> validate in _validate)
                {
                    findings.AddRange(validate(intents));
                }
            }
        }
        catch (Exception e)
        {
            // A plugin's bug refuses the commit, it does not end the router.
            _log.LogError(e, "A plugin failed while it judged a configuration");
            findings.Add(new Finding
            {
                Severity = Finding.Types.Severity.Error,
                Message = $"internal error while the configuration was judged: {e.GetType().Name}, see the log",
            });
        }

        return findings;
    }

    private void Persist(Statement tree, CommitRequest request)
    {
        bool unchanged = tree.SameAs(_active) && _history.Records.Count > 0;
        if (request.ConfirmWithinMinutes is { } minutes)
        {
            Guid id = Guid.NewGuid();

            // A second confirmed commit before the first is confirmed falls back to where the first would.
            long rollback = _pending?.RollbackSequence ?? (_history.Records.Count > 0 ? _history.Records[0].Sequence : 0);
            PendingConfirmation pending = new(id, _time.GetUtcNow().AddMinutes(minutes), rollback);
            PendingConfirmation? before = _pending;
            _history.Pending = pending;
            try
            {
                _history.Append(tree, id, _time.GetUtcNow(), request);
            }
            catch when (before is not null)
            {
                // The earlier confirmed commit is still in force and must still be undone.
                _history.Pending = before;
                throw;
            }

            _pending = pending;
            return;
        }

        if (!unchanged)
        {
            _history.Append(tree, Guid.NewGuid(), _time.GetUtcNow(), request);
        }

        if (_pending is not null)
        {
            _pending = unchanged ? Confirmed() : null;
        }
    }

    // Without a new commit only the removal of the note confirms; with one, the note names a commit that is not the newest any more.
    private PendingConfirmation? Confirmed()
    {
        _history.Pending = null;
        return null;
    }

    private void Apply()
    {
        try
        {
            _apply(_intents);
        }
        catch (Exception e)
        {
            _log.LogError(e, "The committed configuration could not be handed to the plugins");
        }
    }

    private void Arm()
    {
        _timer?.Dispose();
        _timer = null;
        if (_pending is not null)
        {
            TimeSpan due = _pending.Deadline - _time.GetUtcNow();
            _timer = _time.CreateTimer(_ => Undo(), null, due > TimeSpan.Zero ? due : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }
    }

    // The deadline of a confirmed commit has passed.
    private void Undo()
    {
        lock (_lock)
        {
            if (_pending is null || _time.GetUtcNow() < _pending.Deadline)
            {
                return;
            }

            Statement before = _candidate.Tree;
            try
            {
                CommitRecord? record = _history.Records.FirstOrDefault(r => r.Sequence == _pending.RollbackSequence);
                _candidate.Tree = record is null ? Statement.EmptyRoot : _history.Load(record);
                _log.LogWarning("Commit was not confirmed: the configuration before it comes back");
                CommitResult result = Commit(new CommitRequest("root", "other") { Comment = "rollback of a commit that was not confirmed" });
                if (!result.Succeeded)
                {
                    throw new InvalidDataException(result.Findings.FirstOrDefault(IsError)?.Message);
                }
            }
            catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
            {
                _log.LogError(e, "The rollback of a commit that was not confirmed failed: it is tried again");
                _candidate.Tree = before;
                _timer?.Dispose();
                _timer = _time.CreateTimer(_ => Undo(), null, s_retry, Timeout.InfiniteTimeSpan);
            }
        }
    }

    [LoggerMessage(1101, LogLevel.Information, "Configuration committed by {User} via {Client}")]
    private partial void LogCommitted(string user, string client);

    [LoggerMessage(1102, LogLevel.Error, "Commit by {User} could not be written")]
    private partial void LogUnwritten(Exception exception, string user);
}
