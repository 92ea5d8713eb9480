@echo off
rem Builds Fade and starts it with PostgreSQL, Redis, a worker and a mailbox. See compose.yaml.
setlocal
cd /d "%~dp0"

docker info >nul 2>&1
if errorlevel 1 (
    echo Docker is not running. Start Docker Desktop, wait until it says that it runs, and try again.
    pause
    exit /b 1
)

if not exist .env (
    echo Making .env with a secret key and a database password of your own...
    powershell -NoProfile -ExecutionPolicy Bypass -Command "$r = [Security.Cryptography.RandomNumberGenerator]::Create(); function hex($n) { $b = New-Object byte[] $n; $r.GetBytes($b); return -join ($b | ForEach-Object { $_.ToString('x2') }) }; [IO.File]::WriteAllText((Join-Path (Get-Location) '.env'), ('FADE_SECRET_KEY=' + (hex 32) + [char]10 + 'POSTGRES_PASSWORD=' + (hex 16) + [char]10))"
    if not exist .env (
        echo .env could not be written. compose.yaml tells what it holds.
        pause
        exit /b 1
    )
)

echo Starting Fade. The first time takes some minutes...
docker compose up --build --detach --wait
if errorlevel 1 (
    echo.
    echo Fade did not start. What it said:
    docker compose logs --tail 40 backend worker
    pause
    exit /b 1
)

echo.
echo Fade is running:
echo   http://localhost:3000   the dashboard
echo   http://localhost:8000   the same, and the API
echo   http://localhost:8025   the mailbox: every mail that leaves
echo.
echo The first sign-in stands in the log:   docker compose logs backend
echo To stop:                               stop-docker.bat
pause
