#!/usr/bin/env pwsh
# Builds, tests and packs: what continuous integration does, on Windows, Linux and macOS.
param(
    [string] $Configuration = 'Release',
    [switch] $SkipTests
)

$ErrorActionPreference = 'Stop'
Set-Location $PSScriptRoot

function Invoke-Dotnet {
    dotnet @args
    if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }
}

Invoke-Dotnet build -c $Configuration -warnaserror
if (-not $SkipTests) { Invoke-Dotnet test -c $Configuration --no-build '-m:1' }
Invoke-Dotnet pack -c $Configuration --no-build -o artifacts
